import ExperimentReporting
import ExperimentStatistics
import Experimentation

/// A plan as people read it.
struct SampleSizeText {
    let baseline: MetricBaseline
    let plans: [SampleSize]
    let detectable: [DetectableEffect]
    /// The lift that was asked for.
    let lift: Double?
    let analysis: PowerAnalysis
    let variants: Int

    var text: String {
        let parts = [heading + past, plans.isEmpty ? [] : needs, plans.isEmpty ? [] : footer, finds]
        return parts.filter { !$0.isEmpty }.joined(separator: [""]).joined(separator: "\n") + "\n"
    }

    /// The table of what it takes to find each lift.
    private var needs: [String] {
        var table = TextTable([.left, .right, .right, .right, .left])
        table.add(["lift to find", "units a variant", "units in all", "days", ""])
        for plan in plans {
            table.add([change(plan.lift)] + cells(plan.oneLook) + ["one check at the end"])
            table.add([""] + cells(plan.everyLook) + ["a check every night"])
        }
        return table.lines()
    }

    /// The table of what can be found with the units that are there.
    private var finds: [String] {
        guard !detectable.isEmpty else { return [] }
        var table = TextTable([.left, .right, .right, .right, .right, .left])
        table.add(["smallest effect now", "control", "treatment", "lift", "difference", ""])
        for effect in detectable {
            let units = [effect.controlUnits, effect.units].map(NumberText.count)
            table.add([effect.variantID.text] + units + cells(effect.oneLook) + ["one check now"])
            table.add(["", "", ""] + cells(effect.everyLook) + ["a check every night"])
        }
        return table.lines()
    }

    private var heading: [String] {
        let mean = baseline.variance == nil ? NumberText.percent(baseline.mean) : NumberText.value(baseline.mean)
        let spread = baseline.variance.map { ", standard deviation \(NumberText.value($0.squareRoot()))" } ?? ""
        let equal = plans.isEmpty ? "" : " \(variants) variants of equal weight."
        let (power, confidence) = (NumberText.level(analysis.power), NumberText.level(analysis.confidence))
        return [
            "Baseline \(mean)\(spread).\(equal)",
            "Effects are found with a probability of \(power) at a confidence of \(confidence).",
        ]
    }

    /// The sentence that the intervals which are safe to check daily take each unit's past into account.
    private var past: [String] {
        guard baseline.varianceLeft < 1 else { return [] }
        let saved = NumberText.percent(1 - baseline.varianceLeft)
        return ["A check every night takes each unit’s past into account (CUPED): \(saved) less variance."]
    }

    private var footer: [String] {
        let several =
            variants > 2
            ? [
                "Checks every night share the error between \(variants - 1) treatments, as the verdict does;",
                "one check looks at each treatment by itself.",
            ] : []
        guard let daily = baseline.daily else { return several + ["Give --daily to see the days."] }
        let traffic = (10..<1e15).contains(daily) ? NumberText.count(Int(daily.rounded())) : NumberText.value(daily)
        let days = NumberText.exact(baseline.windowDays) + (baseline.windowDays == 1 ? " day" : " days")
        let window = baseline.windowDays > 0 ? ["The days include the metric’s window of \(days)."] : []
        return several + window + [
            "The days are at \(traffic) new units a day.",
            "Whole weeks are safer: people behave differently on Sundays.",
        ]
    }

    private func change(_ lift: Double) -> String {
        NumberText.change(lift) + (lift == self.lift ? "  ←" : "")
    }

    private func cells(_ smallest: DetectableEffect.Smallest) -> [String] {
        let difference = smallest.difference.map { difference in
            baseline.variance == nil
                ? "\(NumberText.percent(difference).dropLast()) points" : NumberText.value(difference)
        }
        return [smallest.lift.map(NumberText.percent) ?? "–", difference ?? "–"]
    }

    private func cells(_ need: SampleSize.Need) -> [String] {
        [need.unitsPerVariant, need.units, need.days].map { $0.map(NumberText.count) ?? "–" }
    }
}
