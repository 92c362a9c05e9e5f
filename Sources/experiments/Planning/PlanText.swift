import ExperimentReporting
import ExperimentStatistics

/// A plan as people read it.
struct PlanText {
    private let baseline: MetricBaseline
    private let plans: [SampleSizePlan]
    private let lift: Double
    private let analysis: PowerAnalysis
    private let variants: Int

    init(
        _ baseline: MetricBaseline, _ plans: [SampleSizePlan], _ lift: Double, _ analysis: PowerAnalysis, variants: Int
    ) {
        self.baseline = baseline
        self.plans = plans
        self.lift = lift
        self.analysis = analysis
        self.variants = variants
    }

    var text: String {
        var table = TextTable([.left, .right, .right, .right, .left])
        table.add(["lift to find", "units a variant", "units in all", "days", ""])
        for plan in plans {
            table.add([change(plan.lift)] + cells(plan.oneLook) + ["one look at the end"])
            table.add([""] + cells(plan.everyLook) + ["a look every night"])
        }
        return ([heading, ""] + table.lines() + ["", footer, ""]).joined(separator: "\n")
    }

    private var heading: String {
        let mean = baseline.variance == nil ? NumberText.percent(baseline.mean) : NumberText.value(baseline.mean)
        let spread = baseline.variance.map { ", standard deviation \(NumberText.value($0.squareRoot()))" } ?? ""
        return "Baseline \(mean)\(spread); \(variants) variants of equal weight; "
            + "found with a probability of \(NumberText.level(analysis.power)) "
            + "at a confidence of \(NumberText.level(analysis.confidence))."
    }

    private var footer: String {
        let several =
            variants > 2
            ? "Each treatment by itself: the adjusted p-value of \(variants - 1) treatments needs more. " : ""
        guard let daily = baseline.daily else { return several + "Give --daily to see the days." }
        let traffic = (10..<1e15).contains(daily) ? NumberText.count(Int(daily.rounded())) : NumberText.value(daily)
        return several + "At \(traffic) new units a day. "
            + "Whole weeks are safer: people behave differently on Sundays."
    }

    private func change(_ lift: Double) -> String {
        NumberText.change(lift) + (lift == self.lift ? "  ←" : "")
    }

    private func cells(_ need: SampleSizePlan.Need) -> [String] {
        [need.unitsPerVariant, need.units, need.days].map { $0.map(NumberText.count) ?? "–" }
    }
}
