import Experimentation

/// A variant of a report with its number in the file.
struct ReportedArm {
    let variantID: Int64
    let variant: ExperimentResult.Variant

    /// The variants of the phase as declared, then any other that has units: exposures to a variant of an earlier phase
    /// are legal, and must not vanish.
    static func all(_ phase: ReportedPhase, _ aggregates: Aggregates) -> [ReportedArm] {
        let units = aggregates.arms[phase.experimentID] ?? [:]
        let metrics = aggregates.metrics[phase.experimentID] ?? []
        let discarded = aggregates.discarded[phase.experimentID] ?? []
        func arm(_ id: Int64, _ name: VariantName, isControl: Bool, weight: Double) -> ReportedArm {
            ReportedArm(
                variantID: id,
                variant: ExperimentResult.Variant(
                    variantID: name, isControl: isControl, weight: weight, units: units[id],
                    outcomesKept: metrics.outcomes(of: id), discarded: discarded.filter { $0.variantID == id }))
        }
        let declared = phase.arms.map { arm($0.variantID, $0.name, isControl: $0.isControl, weight: $0.weight) }
        let others = units.filter { id, count in
            count.analysed > 0 && !phase.arms.contains { $0.variantID == id }
        }
        return declared
            + others.keys.sorted().map { arm($0, phase.variantNames[$0] ?? "", isControl: false, weight: 0) }
    }
}
