import ExperimentAnalysis

/// Every experiment in a line, on one axis.
struct IndexTable {
    let edition: Edition

    var html: HTML {
        let axis = edition.axis
        return element("section", .class("index"), .id("experiments")) {
            if !edition.cards.isEmpty {
                element("h2") { title }
                element("p", .class("sub")) {
                    Legend.key
                    "One axis for all. Dot: estimated lift of the metric that decides. Bar: \(Legend.level(edition)) "
                    "interval, for a single look at the planned end. Line: always-valid interval, which holds however "
                    "often you look. Coloured once the line is clear of zero; an arrow runs beyond the axis."
                }
                table("flow list", caption: "Every experiment with its verdict, deciding effect, health and units") {
                    element("colgroup") { for _ in 0..<8 { void("col") } }
                    tableHead { heads(axis) }
                    tableBody {
                        for (index, card) in edition.cards.enumerated() { line(card, Edition.anchor(index), axis) }
                    }
                }
            }
        }
    }

    private var title: String {
        switch edition.cards.count {
        case 1: "The experiment"
        case 2: "Both experiments"
        default: "All \(NumberText.word(edition.cards.count)) experiments"
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

    private func line(_ card: Card, _ anchor: String, _ axis: Axis) -> HTML {
        let effect = card.decidingRow
        let isShown = card.result.isTrustworthy && effect != nil
        return row(isShown ? nil : "blank") {
            cell("a-verdict") { VerdictMark(kind: card.verdict.kind, title: "\(shortWord(card.verdict))").html }
            rowHead("a-name") {
                element("a", .href("#\(anchor)")) { name(card.result.experiment) }
                element("span", .class("meta")) { metric(card) }
            }
            if let effect, isShown {
                cell("right lift \(effect.tone.rawValue) a-lift") { data(effect.lift, effect.liftText) }
                cell("plot a-plot") { effect.forest(axis).svg }
                cell("interval a-always") { IntervalCell.always(effect) }
            } else {
                cell("right meta a-lift") { "–" }
                cell("plot a-plot") { ForestRow(axis: axis).svg }
                cell("meta a-always") { card.result.isTrustworthy ? "nothing yet" : "not shown" }
            }
            cell("a-health") { health(card) }
            cell("right a-units") { data(card.result.units.analysed) }
            cell("right a-days") { days(card) }
        }
    }

    /// Without the treatment, which the second column names.
    private func shortWord(_ verdict: VerdictWords) -> String {
        verdict.kind == .stop ? "Stop: harm" : verdict.word
    }

    @HTMLBuilder private func metric(_ card: Card) -> HTML {
        if let effect = card.decidingRow {
            name(effect.metric.metric)
            if let margin = effect.metric.margin { ", guardrail \(NumberText.level(margin))" }
            if card.hasSeveralTreatments {
                ", "
                name(effect.treatment.variantID)
            }
        } else if let goal = card.result.goals.first {
            name(goal)
        } else {
            "no goal named"
        }
    }

    @HTMLBuilder private func health(_ card: Card) -> HTML {
        if let health = card.verdict.health {
            health.html
        } else if let problem = card.result.problems.first {
            ProblemText.short(problem).html
        } else {
            element("span", .class("meta")) { "sound" }
        }
    }

    @HTMLBuilder private func days(_ card: Card) -> HTML {
        if card.daysSoFar > 0 { data(card.daysSoFar) } else { "–" }
        if card.daysLeft > 0 {
            element("span", .class("meta")) { " of \(NumberText.count(card.daysSoFar + card.daysLeft))" }
        }
    }
}
