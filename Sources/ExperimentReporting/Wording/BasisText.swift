import ExperimentAnalysis
import Experimentation

/// The basis of the intervals that are safe to check daily, where it is not simply the outcomes.
enum BasisText {
    /// A sentence for the metrics that take each unit’s past into account, and a sentence for each reason why others do not.
    static func sentences(_ result: ExperimentResult) -> [String] {
        let unit = result.unit.rawValue
        let adjusted = names(result) { $0 == .adjusted }
        let start =
            adjusted.isEmpty
            ? []
            : [
                "The lift and the intervals of \(NumberText.list(adjusted)) take each \(unit)’s past into account; the means are as recorded."
            ]
        return start
            + EffectBasis.Reason.allCases.compactMap { reason -> String? in
                guard let why = why(reason) else { return nil }
                let metrics = names(result) { $0 == .raw(reason) }
                guard !metrics.isEmpty else { return nil }
                return
                    "For \(NumberText.list(metrics)), each \(unit)’s past is not taken into account: \(why)."
            }
    }

    /// Clause on why a lift is not that of the means beside it: ` when each user’s past is taken into account`.
    static func clause(_ row: EffectRow, _ unit: ExperimentUnit) -> String {
        row.comparison.basis == .adjusted ? " when each \(unit.rawValue)’s past is taken into account" : ""
    }

    /// Reason why the raw interval decides; nil where nothing else was to be expected.
    private static func why(_ reason: EffectBasis.Reason) -> String? {
        switch reason {
        case .noPast, .off: nil
        case .undefined: "no variation would be left"
        case .skewed: "what would be left is too uneven for variants of such different size"
        case .imbalance: "the variants already differed in it"
        case .timesCut: "recorded times are cut, so before and after are mixed up"
        }
    }

    /// Names of metrics, in the report's order, of which a comparison has such a basis and an interval; each once.
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
