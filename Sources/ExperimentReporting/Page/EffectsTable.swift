import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// The effects of an experiment with a forest plot as one of the columns.
struct EffectsTable {
    let experiment: ExperimentReport
    let report: Report

    private var isRead: Bool { experiment.result.isTrustworthy }

    var html: HTML {
        let axis = experiment.axis
        return element("section", .class("effects")) {
            if isRead { element("h3") { "Effects" } }
            if experiment.rows.isEmpty {
                means
            } else {
                for sentence in MaturityText.sentences(experiment.result, in: report)
                    + BasisText.sentences(experiment.result)
                {
                    element("p", .class("sub")) { sentence }
                }
                if experiment.rows.contains(where: { $0.ownAxis(axis) != nil }) {
                    element("p", .class("sub")) {
                        "A guardrail has a scale of its own, to which the numbers above the plot do not apply; the dashed line "
                        "is its limit."
                    }
                }
                table("flow plotted", caption: "Effects on every metric, with intervals and how they read") {
                    element("colgroup") { for _ in 0..<8 { void("col") } }
                    tableHead { heads(axis) }
                    for rows in groups { tableBody { body(rows, axis) } }
                    if experiment.rows.count > 12 {
                        element("tfoot", .role("rowgroup")) {
                            row {
                                cell("") { "" }
                                cell("") { "" }
                                cell("") { "" }
                                cell("") { "" }
                                cell("plot foot") { ForestRow.head(axis) }
                                cell("") { "" }
                                cell("") { "" }
                                cell("") { "" }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Rows of one metric.
    private var groups: [[EffectRow]] {
        experiment.rows.reduce(into: []) { (groups: inout [[EffectRow]], row) in
            if let last = groups.last?.last, last.metric.isSameMetric(as: row.metric) {
                groups[groups.count - 1].append(row)
            } else {
                groups.append([row])
            }
        }
    }

    @HTMLBuilder private func heads(_ axis: Axis) -> HTML {
        columnHead { "Metric" }
        columnHead("right") { "Control" }
        columnHead("right") { "Treatment" }
        columnHead("right") { "Lift" }
        columnHead("plot") {
            element("span", .class("hidden")) { "Plot of the lift" }
            ForestRow.head(axis)
        }
        columnHead("interval") { Legend.oneLook(report) }
        columnHead("interval") { Legend.always }
        columnHead { isRead ? "Result" : "" }
    }

    @HTMLBuilder private func body(_ rows: [EffectRow], _ axis: Axis) -> HTML {
        if experiment.hasSeveralTreatments {
            row("grouped") {
                element("th", .scope("rowgroup"), .role("rowheader"), .init("colspan", "8")) {
                    metric(rows[0])
                    element("span", .class("meta")) { rows[0].role }
                }
            }
        }
        for effect in rows { line(effect, axis) }
    }

    @HTMLBuilder private func metric(_ row: EffectRow) -> HTML {
        name(row.metric.metric)
        if experiment.hasTwin(row.metric) { " (\(row.metric.kind.rawValue))" }
    }

    private func line(_ effect: EffectRow, _ axis: Axis) -> HTML {
        var forest = effect.forest(axis)
        if !isRead { forest.tone = .none }
        return row(experiment.hasSeveralTreatments ? "arm" : nil) {
            rowHead("a-name") {
                if experiment.hasSeveralTreatments {
                    name(effect.treatment.variantID)
                } else {
                    metric(effect)
                    element("span", .class("meta")) { effect.role }
                }
                if let alone = effect.meansAlone {
                    element("span", .class("meta")) { "from the means alone \(alone)" }
                }
            }
            cell("right a-control") { data(effect.control.mean, effect.mean(effect.control)) }
            cell("right a-treatment") { data(effect.treatment.mean, effect.mean(effect.treatment)) }
            cell("right lift \((isRead ? effect.tone : .none).rawValue) a-lift") { data(effect.lift, effect.liftText) }
            cell("plot a-plot") { forest.svg }
            cell("interval a-once") { IntervalCell.oneLook(effect) }
            cell("interval a-always") { IntervalCell.always(effect) }
            cell("reads \((isRead ? effect.tone : .none).rawValue) a-reads") { if isRead { reading(effect) } }
        }
    }

    /// The reading, the first one without a direction with the remark that nobody gave one.
    @HTMLBuilder private func reading(_ effect: EffectRow) -> HTML {
        effect.reading
        if let remark = effect.remark, effect == experiment.rows.first(where: { $0.remark != nil }) {
            element("span", .class("meta")) { " (\(remark))" }
        }
    }

    /// Means, which are there without a control, or before any outcome counts.
    @HTMLBuilder private var means: HTML {
        if experiment.result.metrics.isEmpty {
            element("p", .class("sub")) { "No outcome counts yet." }
        } else {
            PlainTable.table(caption: "Means of every metric and variant") {
                PlainTable.head {
                    PlainTable.columnHead { "Metric" }
                    PlainTable.columnHead { "Variant" }
                    PlainTable.columnHead("right") { "Units" }
                    PlainTable.columnHead("right") { "Mean" }
                }
                element("tbody") {
                    for metric in experiment.result.metrics {
                        for variant in metric.variants {
                            PlainTable.row {
                                PlainTable.rowHead { name(metric.metric) }
                                PlainTable.text { name(variant.variantID) }
                                PlainTable.number { data(variant.units) }
                                PlainTable.number {
                                    data(variant.mean, ResultText.mean(variant, metric))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// An interval in a cell, its two ends aligned on the word between them.
enum IntervalCell {
    static func oneLook(_ row: EffectRow) -> HTML { cell(row.oneLook, row.decimals, otherwise: row.oneLookText) }

    static func always(_ row: EffectRow) -> HTML { cell(row.always, row.decimals, otherwise: row.alwaysText) }

    static func cell(_ interval: Interval?, _ decimals: Int, otherwise: String) -> HTML {
        guard let interval else { return element("span", .class("words")) { otherwise } }
        return element("span", .class("ends")) {
            element("span", .class("low")) {
                data(interval.lower, NumberText.signed(interval.lower * 100, decimals))
            }
            " to "
            element("span", .class("high")) {
                data(interval.upper, NumberText.lift(interval.upper, decimals: decimals))
            }
        }
    }
}
