import ExperimentAnalysis
import Experimentation

/// What the intervals that are safe to check daily are of, where that is not simply the outcomes.
enum BasisText {
    /// One sentence for the metrics from which what units did before is taken out, and one for each reason why it is not.
    static func sentences(_ result: ExperimentResult) -> [String] {
        let unit = result.unit.rawValue
        let adjusted = names(result) { $0 == .adjusted }
        let start =
            adjusted.isEmpty
            ? []
            : [
                "Lift and safe-daily interval of \(NumberText.list(adjusted)) are adjusted for what \(unit)s did before the experiment; the means are as recorded, so that their ratio differs a little."
            ]
        return start
            + EffectBasis.Reason.allCases.compactMap { reason -> String? in
                guard let why = why(reason) else { return nil }
                let metrics = names(result) { $0 == .raw(reason) }
                guard !metrics.isEmpty else { return nil }
                return
                    "\(NumberText.list(metrics)): not adjusted for what \(unit)s did before the experiment, since \(why)."
            }
    }

    /// The start of the sentence that gives the lift: the means beside it are as recorded, and would give another.
    static func start(_ row: EffectRow, _ result: ExperimentResult) -> String {
        row.comparison.basis == .adjusted
            ? "Adjusted for what \(result.unit.rawValue)s did before, that is" : "That is"
    }

    /// Why the raw interval decides; nil where nothing else was to be expected.
    private static func why(_ reason: EffectBasis.Reason) -> String? {
        switch reason {
        case .noPast, .off: nil
        case .undefined: "that would leave no variance"
        case .skewed: "the adjusted values would be too uneven for variants of such different size"
        case .imbalance: "the variants differed in it"
        case .timesCut: "its times are cut, so that before and after are mixed up"
        }
    }

    /// Each metric once, in the report's order, where any treatment's comparison is of such a basis and has an interval.
    private static func names(_ result: ExperimentResult, where isOf: (EffectBasis) -> Bool) -> [String] {
        var names: [String] = []
        for metric in result.metrics
        where metric.comparisons.contains(where: { $0.alwaysValid != nil && isOf($0.basis) }) {
            let name = VisibleText.of(metric.metric.text)
            if names.last != name { names.append(name) }
        }
        return names
    }
}
