import ExperimentDatabase
import Experimentation

/// A variant of a report with its number in the file.
struct ReportedVariant {
    let variantRow: RowNumber<VariantRow>
    let variant: ExperimentResult.Variant

    /// The variants of the phase as declared, then any other that has units: exposures to a variant of an earlier phase
    /// are legal, and must not vanish.
    static func all(_ phase: ReportedPhase, _ aggregates: Aggregates.OfExperiment) -> [ReportedVariant] {
        let (units, discarded) = (aggregates.variants, aggregates.discarded)
        func variant(_ row: RowNumber<VariantRow>, _ name: VariantName, isControl: Bool, weight: Double)
            -> ReportedVariant
        {
            ReportedVariant(
                variantRow: row,
                variant: ExperimentResult.Variant(
                    variantID: name, isControl: isControl, weight: weight, units: units[row],
                    discarded: discarded.filter { $0.variantRow == row }))
        }
        let declared = phase.variants.map {
            variant($0.variantRow, $0.name, isControl: $0.isControl, weight: $0.weight)
        }
        let others = units.filter { row, count in
            count.analysed > 0 && !phase.variants.contains { $0.variantRow == row }
        }
        return declared
            + others.keys.sorted().map { variant($0, phase.variantNames[$0] ?? "", isControl: false, weight: 0) }
    }
}
