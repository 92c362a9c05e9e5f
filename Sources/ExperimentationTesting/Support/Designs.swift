import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The experiments and units of the promises about designs.
enum Designs {
    static let users = (0..<2_000).map { UnitID("user\($0)") }

    static let covered: ExperimentName = "covered"
    static let coveredByNobody: ExperimentName = "covered by nobody"
    static let coveredByAll: ExperimentName = "covered by all"
    /// Three whose ranges of one namespace make up all of it.
    static let neighbours: [(ExperimentName, Double, Double)] = [
        ("first", 0, 0.3), ("second", 0.3, 0.5), ("third", 0.5, 1),
    ]
    /// In another namespace.
    static let elsewhere: ExperimentName = "elsewhere"
    static let free: ExperimentName = "free"
    static let tested: ExperimentName = "tested"
    static let testedSession: ExperimentName = "tested session"
    /// A tester whose id in two code points is nobody's.
    static let accented: UnitID = "caf\u{e9}"

    /// A running experiment, half and half; the control is not the first variant.
    static func experiment(
        _ id: ExperimentName, unit: ExperimentUnit = .user, status: ExperimentStatus = .running, winner: String? = nil,
        coverage: Double = 1, namespace: NamespaceClaim? = nil, overrides: [VariantOverride] = [],
        startsAt: Date? = nil, endsAt: Date? = nil
    ) throws(ExperimentError) -> Experiment {
        let variants = [
            VariantDefinition("treatment"), VariantDefinition("control", isControl: true),
            VariantDefinition("hidden", weight: 0),
        ]
        return try Experiment(
            id: id.text, status: status, unit: unit, variants: variants, winner: winner, coverage: coverage,
            namespace: namespace, overrides: overrides, startsAt: startsAt, endsAt: endsAt)
    }

    /// Twenty testers, half of them of each variant, and one of the variant that nobody else gets.
    static let testers =
        (0..<20).map { VariantOverride(unitID: "user\($0)", variantID: $0 % 2 == 0 ? "treatment" : "control") }
        + [VariantOverride(unitID: accented.text, variantID: "hidden")]

    /// A moment by its year, roughly: long before or after any run of these checks.
    static func year(_ year: Int) -> Date { Date(timeIntervalSince1970: Double(year - 1970) * 31_557_600) }
}
