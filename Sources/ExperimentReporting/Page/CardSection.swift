import ExperimentAnalysis
import Experimentation

/// One experiment: what it comes to, the facts, the effects, how they came about, and everything else folded.
struct CardSection {
    let card: Card
    let anchor: String
    let edition: Edition

    private var result: ExperimentResult { card.result }

    var html: HTML {
        element("article", .class(result.isTrustworthy ? "card" : "card sick"), .id(anchor)) {
            element("header") {
                VerdictMark(kind: card.verdict.kind, title: card.verdict.title).html
                element("h2") { name(result.experiment) }
                element("p", .class("say")) { card.verdict.sentence.html }
                element("p", .class("rule")) { card.verdict.rule.html }
                otherProblems
            }
            Facts(card: card).html
            if result.isTrustworthy {
                EffectsTable(card: card, edition: edition).html
                CardFigures(card: card).html
            } else {
                CardFigures(card: card).html
                element("div", .class("unread")) {
                    element("h3") { "Results, not to be read" }
                    element("p", .class("sub")) { "Shown to help find the fault. No reading is given." }
                    EffectsTable(card: card, edition: edition).html
                }
            }
            CardFolds(card: card, edition: edition).html
            element("p", .class("up")) { element("a", .href("#experiments")) { "All experiments" } }
        }
    }

    /// Every problem that the verdict does not already name.
    @HTMLBuilder private var otherProblems: HTML {
        let others = card.otherProblems
        if !others.isEmpty {
            element("ul", .class("problems")) {
                for problem in others {
                    element("li") {
                        element("b") { "Check: " }
                        ProblemText.sentence(problem, result).html
                        "."
                    }
                }
            }
        }
    }
}
