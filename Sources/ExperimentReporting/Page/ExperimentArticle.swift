import ExperimentAnalysis
import Experimentation

/// One experiment: what it comes to, the facts, the effects, how they came about, and everything else folded.
struct ExperimentArticle {
    let experiment: ExperimentReport
    let anchor: String
    let report: Report

    private var result: ExperimentResult { experiment.result }

    var html: HTML {
        element("article", .class(result.isTrustworthy ? "card" : "card sick"), .id(anchor)) {
            element("header") {
                VerdictMark(kind: experiment.shownKind, title: experiment.title).html
                element("h2") { name(result.experiment) }
                element("p", .class("say")) { experiment.verdict.sentence.html }
                element("p", .class("rule")) { experiment.verdict.rule.html }
                otherProblems
            }
            KeyFigures(experiment: experiment).html
            if result.isTrustworthy {
                EffectsTable(experiment: experiment, report: report).html
                ExperimentCharts(experiment: experiment).html
            } else {
                ExperimentCharts(experiment: experiment).html
                element("div", .class("unread")) {
                    element("h3") { "Not to be trusted" }
                    element("p", .class("sub")) {
                        "These figures cannot be trusted. They are here for whoever looks for the fault."
                    }
                    EffectsTable(experiment: experiment, report: report).html
                }
            }
            ExperimentDetails(experiment: experiment, report: report).html
            element("p", .class("up")) { element("a", .href("#experiments")) { "All experiments" } }
        }
    }

    /// List of the problems that the verdict does not already name.
    @HTMLBuilder private var otherProblems: HTML {
        let others = experiment.otherProblems
        if !others.isEmpty {
            element("ul", .class("problems")) {
                for problem in others {
                    element("li") {
                        element("b") { "Note: " }
                        ProblemText.advice(problem, result).html
                    }
                }
            }
        }
    }
}
