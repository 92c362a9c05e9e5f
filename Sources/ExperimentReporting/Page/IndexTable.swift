import ExperimentAnalysis
import Experimentation

/// Table of all experiments, one a line, on one axis.
struct IndexTable {
    let report: Report

    var html: HTML {
        let axis = report.axis
        return element("section", .class("index"), .id("experiments")) {
            if !report.experiments.isEmpty {
                element("h2") { title }
                element("p", .class("sub")) {
                    Legend.key
                    "One axis for all. Dot: estimated lift of the metric that decides. Bar: where the true lift lies, "
                    "\(Legend.level(report)) sure, however often one looks. Thin line: the same for one look only, when all "
                    "units are in. Coloured once the bar is clear of zero; an arrow runs beyond the axis."
                }
                table("flow list", caption: "Every experiment with its verdict, deciding effect, health and units") {
                    element("colgroup") { for _ in 0..<8 { void("col") } }
                    tableHead { heads(axis) }
                    tableBody {
                        for (index, experiment) in report.experiments.enumerated() {
                            line(experiment, Report.anchor(index), axis)
                        }
                    }
                }
            }
        }
    }

    private var title: String {
        switch report.experiments.count {
        case 1: "The experiment"
        case 2: "Both experiments"
        default: "All \(NumberText.word(report.experiments.count)) experiments"
        }
    }

    @HTMLBuilder private func heads(_ axis: Axis) -> HTML {
        columnHead { "Verdict" }
        columnHead { "Experiment, deciding metric" }
        columnHead("right") { "Lift" }
        columnHead("plot") {
            element("span", .class("hidden")) { "Plot of the lift" }
            ForestRow.head(axis)
        }
        columnHead("interval") { Legend.always }
        columnHead { "Health" }
        columnHead("right") { "Units" }
        columnHead("right") { "Days" }
    }

    private func line(_ experiment: ExperimentReport, _ anchor: String, _ axis: Axis) -> HTML {
        let effect = experiment.decidingRow
        let isShown = experiment.result.isTrustworthy && effect != nil
        return row(isShown ? nil : "blank") {
            cell("a-verdict") {
                VerdictMark(kind: experiment.shownKind, title: "\(experiment.shortTitle)").html
            }
            rowHead("a-name") {
                element("a", .href("#\(anchor)"), .init("title", experiment.result.experiment.text)) {
                    name(Self.fitted(experiment.result.experiment.text))
                }
                element("span", .class("meta")) { metric(experiment) }
            }
            if let effect, isShown {
                cell("right lift \(effect.tone.rawValue) a-lift") { data(effect.lift, effect.liftText) }
                cell("plot a-plot") { effect.forest(axis, isShared: true).svg }
                cell("interval a-always") { IntervalCell.always(effect) }
            } else {
                cell("right meta a-lift") { "–" }
                cell("plot a-plot") { ForestRow(axis: axis).svg }
                cell("meta a-always") { experiment.result.isTrustworthy ? "nothing yet" : "not shown" }
            }
            cell("a-health") { health(experiment) }
            cell("right a-units") {
                data(experiment.result.units.analysed)
                if let settled = MaturityText.settled(experiment.result) {
                    " "
                    element("span", .class("meta")) { settled }
                }
            }
            cell("right a-days") { days(experiment) }
        }
    }

    /// A long name without its middle: names that begin alike differ at their end.
    static func fitted(_ name: String) -> String {
        let (longest, end) = (56, 16)
        guard name.count > longest else { return name }
        return name.prefix(longest - end - 1) + "…" + name.suffix(end)
    }

    @HTMLBuilder private func metric(_ experiment: ExperimentReport) -> HTML {
        if let effect = experiment.decidingRow {
            name(effect.metric.metric)
            if let margin = effect.metric.margin { ", guardrail, limit \(NumberText.level(margin))" }
            if experiment.hasSeveralTreatments {
                ", "
                name(effect.treatment.variantID)
            }
        } else if let goal = experiment.result.goals.first {
            name(goal)
        } else {
            "no goal named"
        }
    }

    @HTMLBuilder private func health(_ experiment: ExperimentReport) -> HTML {
        if let health = experiment.verdict.health {
            health.html
        } else if let problem = experiment.result.problems.first {
            ProblemText.short(problem).html
        } else {
            element("span", .class("meta")) { "no problems found" }
        }
    }

    @HTMLBuilder private func days(_ experiment: ExperimentReport) -> HTML {
        if experiment.daysSoFar > 0 { data(experiment.daysSoFar) } else { "–" }
        if experiment.daysLeft > 0 {
            element("span", .class("meta")) { " of \(NumberText.count(experiment.daysSoFar + experiment.daysLeft))" }
        }
    }
}
