import ExperimentStatistics
public import Experimentation

/// Units with outcomes that were never exposed, and more of them in one variant than chance explains.
public struct LostExposures: Sendable, Hashable {
    /// The variant of which most are missing, by the assignment of their ids.
    public let variantID: VariantName
    /// The units of each variant that were never exposed, in the order of the experiment's variants; a sample where there are many.
    public let units: [Int]
    /// Whether the units' outcomes name the experiment; else they name none, and are of its goals and guardrails.
    public let isNamed: Bool
    /// The smallest p-value, which holds at every look.
    public let pValue: Double
}

/// Looks for a variant whose exposures are lost: units that it would have been shown to have outcomes, and no exposure.
///
/// The hash of its id decides which variant a unit gets, also of a unit that never came. So units without an exposure
/// split as the weights say, whatever the treatments do, and the test is exact: ``SplitTest``.
struct LostExposureCheck {
    private let samples: [(isNamed: Bool, units: [Int])]

    /// - Parameters:
    ///   - strangers: The units by the phase's variants.
    ///   - reported: The variants of the result.
    ///   - phase: The phase.
    init(_ strangers: Aggregates.Strangers, _ reported: [ReportedVariant], _ phase: ReportedPhase) {
        func units(_ own: [Int]) -> [Int] {
            reported.map { variant in
                phase.variants.firstIndex { $0.variantRow == variant.variantRow }.map { $0 < own.count ? own[$0] : 0 }
                    ?? 0
            }
        }
        samples = [(true, units(strangers.named)), (false, units(strangers.unnamed))]
            .filter { $0.1.contains { $0 > 0 } }
    }

    /// Number of tests.
    var tests: Int { samples.count }

    /// Problems of lost exposures, tested at a level each.
    func problems(of result: ExperimentResult, level: Double) -> [HealthProblem] {
        let weight = result.variants.reduce(0) { $0 + $1.weight }
        return samples.compactMap { isNamed, units -> HealthProblem? in
            guard weight > 0 else { return nil }
            let test = SplitTest(zip(result.variants, units).map { .init(count: $1, weight: $0.weight) })
            guard test.isAlarm(level: level) else { return nil }
            let total = Double(units.reduce(0, +))
            let excess = zip(result.variants, units).map { Double($1) - total * $0.weight / weight }
            guard let most = excess.indices.max(by: { excess[$0] < excess[$1] }) else { return nil }
            var evidence = RunningEvidence()
            evidence.add(test.logEValue ?? 0)
            return .exposuresLost(
                LostExposures(
                    variantID: result.variants[most].variantID, units: units, isNamed: isNamed,
                    pValue: evidence.pValue))
        }
    }
}
