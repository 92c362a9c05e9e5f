import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// Charts of how the results came about: the effect over time or, where the split fails, the split; the exposures by
/// day; and how far the plan is.
struct ExperimentCharts {
    /// Panels of more treatments than this are left to the table.
    private static let panels = 7

    let experiment: ExperimentReport

    private var result: ExperimentResult { experiment.result }

    @HTMLBuilder var html: HTML {
        if let days = experiment.days {
            element("div", .class("figures")) {
                if !result.isTrustworthy, let split = split(days) {
                    figure("The split over time", split.caption) { split.chart.svg }
                } else if let row = experiment.decidingRow, result.isTrustworthy {
                    overTime(row, days)
                }
                exposures(days)
                plan(days)
                outcomes(days)
            }
        }
    }

    private func figure(_ title: String, _ caption: MarkedText, @HTMLBuilder _ content: () -> HTML) -> HTML {
        element("figure") {
            element("figcaption") {
                element("h3") { title }
                element("span", .class("sub")) { caption.html }
            }
            element("div", .class("framed")) { content() }
        }
    }

    // MARK: The effect

    @HTMLBuilder private func overTime(_ row: EffectRow, _ days: DayScale) -> HTML {
        let series = NightlySeries(row)
        if series.nights.count > 1, let first = series.nights.first, let last = series.nights.last {
            let missing = NightlySeries.missing(result.nights.map(\.day)).map { "; \($0)" } ?? ""
            let scale = DayScale(first: min(first.day, days.first), last: max(last.day, days.last))
            figure(
                finding(series),
                "Lift of \(name: row.metric.metric) with \(name: row.treatment.variantID), and the band that is safe to check daily, as each night’s report saw it\(decided(after: series))\(missing)"
            ) {
                EffectOverTime(
                    days: scale, nights: series.nights, oneLook: row.oneLook, tone: row.tone, margin: row.margin,
                    title: "Lift of \(row.metric.metric) by night, now \(row.liftText)",
                    plannedEnd: experiment.plannedEnd
                ).svg
            }
        }
    }

    private func finding(_ series: NightlySeries) -> String {
        guard let since = series.clearSince else { return series.row.isClear ? "Clear tonight" : "Not clear yet" }
        return "\(series.row.margin == nil ? "Clear of zero" : "Beyond the limit") since \(since.short)"
    }

    /// `; the verdict since 8 Jan, once all its rules were met`, where the effect was clear before.
    private func decided(after series: NightlySeries) -> String {
        guard experiment.verdict.kind.isDecision, case .night(let day) = experiment.verdict.since,
            let clear = series.clearSince, day > clear
        else { return "" }
        return "; the verdict since \(day.short), once all its rules were met"
    }

    // MARK: By day

    private func exposures(_ days: DayScale) -> HTML {
        let panels = result.variants.prefix(Self.panels).enumerated().map { index, variant in
            Panel(
                variantID: variant.variantID, counts: experiment.dailyUnits(index),
                total: experiment.unit(variant.units),
                meta: NumberText.share(variant.units, of: result.units.analysed))
        }
        return columns("New units a", "First exposures, one scale for all", panels, days)
    }

    /// The units so far against the plan; nothing without one.
    @HTMLBuilder private func plan(_ days: DayScale) -> HTML {
        if let planned = result.decision.plannedUnits {
            let counts = result.variants.indices.map { experiment.dailyUnits($0) }
            let all = (counts.first ?? []).indices.map { day in counts.reduce(0) { $0 + $1[day] } }
            let end = experiment.plannedEnd.map { "; at this pace, complete on \($0.short)" } ?? ""
            let units = all.reduce(0, +)
            let total = NumberText.count(units)
            // A unit counts towards the plan once its window is over.
            let isSettling = result.decision.units < units
            let settled = NumberText.count(result.decision.units)
            let soFar =
                isSettling
                ? "\(experiment.unit(units)) so far; of these \(settled) \(MaturityText.counted(result)) and count; \(NumberText.count(planned)) planned"
                : "\(experiment.unit(units)) so far of \(NumberText.count(planned)) planned"
            figure("Units against the plan", "\(soFar)\(end)") {
                UnitsOverTime(
                    days: days, counts: all, planned: planned,
                    title: "Units so far, now \(total) of \(NumberText.count(planned)) planned", isAll: isSettling
                ).svg
            }
        }
    }

    /// The heartbeat of the first goal, and of each metric whose log breaks off.
    @HTMLBuilder private func outcomes(_ days: DayScale) -> HTML {
        for heartbeat in result.heartbeats
        where heartbeat.metric == result.goals.first || heartbeat.isSilent.contains(true) {
            let breaks = result.variants.indices.map { heartbeat.silentSince($0).map { Day($0) } }
            let panels = result.variants.prefix(Self.panels).enumerated().map { index, variant in
                let counts = experiment.counts(heartbeat, variant: index, in: days)
                let outcomes = NumberText.count(counts.reduce(0, +), "outcome")
                return Panel(
                    variantID: variant.variantID, counts: counts, total: outcomes,
                    meta: breaks[index].map { "none since \($0.short)" } ?? "", breakDay: breaks[index])
            }
            let caption: MarkedText =
                breaks.contains { $0 != nil }
                ? "The log breaks off at the line: chance does not explain so long a silence" : "One scale for all"
            columns("\(name: heartbeat.metric), outcomes a", caption, panels, days)
        }
    }

    /// A variant's columns, and what stands above them.
    private struct Panel {
        let variantID: VariantName
        let counts: [Int]
        let total: String
        let meta: String
        var breakDay: Day?
    }

    private func columns(_ title: MarkedText, _ caption: MarkedText, _ panels: [Panel], _ days: DayScale) -> HTML {
        let tallest = panels.flatMap { DailyColumns.columns($0.counts, days) }.max() ?? 0
        let word = DailyColumns.span(days) == 7 ? "week" : "day"
        return element("figure") {
            element("figcaption") {
                element("h3") { ("\(title) \(word)" as MarkedText).html }
                element("span", .class("sub")) { caption.html }
            }
            for (index, panel) in panels.enumerated() {
                element("div", .class("panel")) {
                    name(panel.variantID)
                    element("span", .class("meta")) {
                        panel.meta.isEmpty ? panel.total : "\(panel.total), \(panel.meta)"
                    }
                }
                DailyColumns(
                    days: days, counts: panel.counts, tallest: tallest, breakDay: panel.breakDay,
                    title:
                        "\(panel.variantID): \(panel.total), at most \(NumberText.count(panel.counts.max() ?? 0)) a day",
                    hasLabels: index == panels.count - 1
                ).svg
            }
            if result.variants.count > panels.count {
                element("p", .class("sub")) {
                    "and \(NumberText.count(result.variants.count - panels.count, "more variant")), in the table of units"
                }
            }
        }
    }

    // MARK: The split

    private func split(_ days: DayScale) -> (chart: SplitOverTime, caption: MarkedText)? {
        let weight = result.variants.reduce(0) { $0 + $1.weight }
        guard result.problems.contains(.sampleRatioMismatch), weight > 0,
            let (variant, planned) = ProblemText.farthest(result, weight), planned > 0,
            let index = result.variants.firstIndex(where: { $0.variantID == variant.variantID })
        else { return nil }
        let all = result.variants.indices.map { experiment.dailyUnits($0) }
        let whole = all[index].indices.map { day in all.reduce(0) { $0 + $1[day] } }
        guard whole.count > 1 else { return nil }
        let points = SplitOverTime.points(
            whole.indices.map { Day(days.first.number + $0) }, part: all[index], whole: whole, planned: planned)
        var chart = SplitOverTime(days: days, points: points, planned: planned, title: "")
        var opened: MarkedText = chart.onset.map { "; outside since \($0.short)" } ?? ""
        if case .night(let day) = experiment.verdict.since { opened = opened + ", an alarm since \(day.short)" }
        let share = NumberText.share(variant.units, of: result.units.analysed)
        chart.title =
            "Share of \(variant.variantID) in all units so far, now \(share), planned \(NumberText.planned(planned))"
        return (
            chart,
            "Share of \(name: variant.variantID) in all units so far; chance alone takes it out of the band once in 2,000 times\(opened)"
        )
    }
}
