public import Experimentation

/// Units whose outcomes have another spelling of their id than their exposures: in capitals, or with spaces at the ends.
public struct MisspeltUnits: Sendable, Hashable {
    /// The units of each variant, in the order of the experiment's variants; a sample where there are many.
    public let units: [Int]
    /// An id of such a unit, as the outcomes have it.
    public let example: UnitID
    /// Whether the units are so many that no verdict may rest on the rest.
    public let isDeciding: Bool
}

/// Looks for outcomes that are lost to a unit since its id is spelt otherwise: ids are compared byte by byte.
enum MisspeltCheck {
    /// Units below which such ids are a slip, whatever their share of a small file.
    private static let fewest = 20

    static func problems(
        _ strangers: Aggregates.Strangers, _ reported: [ReportedVariant], _ result: ExperimentResult
    ) -> [HealthProblem] {
        guard let example = strangers.example else { return [] }
        let counts = reported.map { strangers.misspelt[$0.variantRow] ?? 0 }
        let units = counts.reduce(0, +)
        let named = Set(result.goals + result.guardrails.map(\.metric))
        let known = result.metrics.filter { named.contains($0.metric) }
            .map { $0.variants.reduce(0) { $0 + $1.unitsWithOutcome } }.max()
        guard units > 0 else { return [] }
        let isMany = units >= fewest && Double(units) >= KindCheck.threshold * Double(max(1, units + (known ?? 0)))
        return [.otherSpelling(MisspeltUnits(units: counts, example: example, isDeciding: isMany))]
    }
}
