import Experimentation
import FoundationEssentials

/// The experiments and units of the promises about designs.
enum Designs {
    static let users = (0..<2_000).map { "user\($0)" }

    static let covered = "covered"
    static let coveredByNobody = "covered by nobody"
    static let coveredByAll = "covered by all"
    /// Three whose ranges of one namespace make up all of it.
    static let neighbours = [("first", 0, 0.3), ("second", 0.3, 0.5), ("third", 0.5, 1)]
    /// In another namespace.
    static let elsewhere = "elsewhere"
    static let free = "free"
    static let tested = "tested"
    static let testedSession = "tested session"
    /// A tester whose id in two code points is nobody's.
    static let accented = "caf\u{e9}"

    /// A running experiment, half and half; the control is not the first variant.
    static func experiment(
        _ id: String, unit: ExperimentUnit = .user, status: ExperimentStatus = .running, winner: String? = nil,
        coverage: Double = 1, namespace: NamespaceClaim? = nil, overrides: [VariantOverride] = [],
        startsAt: Date? = nil, endsAt: Date? = nil
    ) throws(ExperimentError) -> Experiment {
        let variants = [
            VariantDefinition("treatment"), VariantDefinition("control", isControl: true),
            VariantDefinition("hidden", weight: 0),
        ]
        return try Experiment(
            id: id, status: status, unit: unit, variants: variants, winner: winner, coverage: coverage,
            namespace: namespace, overrides: overrides, startsAt: startsAt, endsAt: endsAt)
    }

    /// Twenty testers, half of them of each variant, and one of the variant that nobody else gets.
    static let testers =
        (0..<20).map { VariantOverride(unitID: "user\($0)", variantID: $0 % 2 == 0 ? "treatment" : "control") }
        + [VariantOverride(unitID: accented, variantID: "hidden")]

    /// A moment by its year, roughly: long before or after any run of these checks.
    static func year(_ year: Int) -> Date { Date(timeIntervalSince1970: Double(year - 1970) * 31_557_600) }
}
