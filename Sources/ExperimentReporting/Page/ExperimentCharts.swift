import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// How the results came about: the effect over time or, where the split fails, the split; and the exposures by day.
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
            let scale = DayScale(first: min(first.day, days.first), last: max(last.day, days.last))
            figure(
                finding(series),
                "Lift of \(name: row.metric.metric) with \(name: row.treatment.variantID), and its always-valid band, as each night’s report saw it"
            ) {
                EffectOverTime(
                    days: scale, nights: series.nights, bar: row.bar, tone: row.tone, margin: row.margin,
                    title: "Lift of \(row.metric.metric) by night, now \(row.liftText)",
                    plannedEnd: experiment.plannedEnd
                ).svg
            }
        }
    }

    private func finding(_ series: NightlySeries) -> String {
        guard let since = series.clearSince else { return series.row.isClear ? "Clear tonight" : "Not clear yet" }
        return "\(series.row.margin == nil ? "Clear of zero" : "Beyond the margin") since \(since.short)"
    }

    // MARK: Exposures

    private func exposures(_ days: DayScale) -> HTML {
        let variants = Array(result.variants.prefix(Self.panels))
        let counts = variants.indices.map { experiment.dailyUnits($0) }
        let tallest = counts.flatMap { DailyColumns.columns($0, days) }.max() ?? 0
        let word = DailyColumns.span(days) == 7 ? "week" : "day"
        return element("figure") {
            element("figcaption") {
                element("h3") { "New units a \(word)" }
                element("span", .class("sub")) { "First exposures, one scale for all" }
            }
            for (index, variant) in variants.enumerated() {
                element("div", .class("panel")) {
                    name(variant.variantID)
                    element("span", .class("meta")) {
                        data(variant.units, experiment.unit(variant.units))
                        ", \(NumberText.share(variant.units, of: result.units.analysed))"
                    }
                }
                DailyColumns(
                    days: days, counts: counts[index], tallest: tallest,
                    title:
                        "\(variant.variantID): \(experiment.unit(variant.units)), at most \(NumberText.count(counts[index].max() ?? 0)) a day",
                    hasLabels: index == variants.count - 1
                ).svg
            }
            if result.variants.count > variants.count {
                element("p", .class("sub")) {
                    "and \(NumberText.count(result.variants.count - variants.count)) variants more, in the table of units"
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
        let opened: MarkedText = chart.onset.map { "; outside since \($0.short)" } ?? ""
        let share = NumberText.share(variant.units, of: result.units.analysed)
        chart.title =
            "Share of \(variant.variantID) in all units so far, now \(share), planned \(NumberText.planned(planned))"
        return (
            chart,
            "Share of \(name: variant.variantID) in all units so far, over the band that chance leaves all but once in 2,000\(opened)"
        )
    }
}
