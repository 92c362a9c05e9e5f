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
    /// An experiment in another namespace.
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

/// The definitions in a backend for each of the promises about designs.
extension Designs {
    /// A share of the units, nobody, and everybody.
    @Sendable static func coverages() throws -> Setting {
        Setting(experiments: [
            try experiment(covered, coverage: 0.3), try experiment(coveredByNobody, coverage: 0),
            try experiment(coveredByAll, coverage: 1),
        ])
    }

    /// A share that can grow.
    @Sendable static func littleCoverage() throws -> Setting {
        Setting(experiments: [try experiment(covered, coverage: 0.2)])
    }

    /// Three neighbours in a namespace, one in another, and one in none.
    @Sendable static func namespaces() throws -> Setting {
        var experiments = try neighbours.map { id, start, end in
            try experiment(id, namespace: NamespaceClaim("checkout", from: start, to: end))
        }
        experiments.append(try experiment(elsewhere, namespace: NamespaceClaim("search", from: 0, to: 0.5)))
        experiments.append(try experiment(free))
        return Setting(experiments: experiments)
    }

    /// Two experiments, and a holdout from both.
    @Sendable static func holdout() throws -> Setting {
        Setting(experiments: [try experiment(free), try experiment(elsewhere)], holdout: try Holdout(share: 0.3))
    }

    /// One experiment with everything that leaves units out.
    @Sendable static func everything() throws -> Setting {
        let claim = try NamespaceClaim("checkout", from: 0.1, to: 0.8)
        return Setting(
            experiments: [try experiment(covered, coverage: 0.7, namespace: claim)],
            holdout: try Holdout(name: "holdout", share: 0.2))
    }

    /// Experiments before, between and after their dates.
    @Sendable static func schedules() throws -> Setting {
        Setting(experiments: [
            try experiment("begun", startsAt: year(2_000)),
            try experiment("current", startsAt: year(2_000), endsAt: year(9_000)),
            try experiment("ahead", startsAt: year(9_000)),
            try experiment("over", startsAt: year(1_999), endsAt: year(2_000)),
        ])
    }

    /// Testers among all.
    @Sendable static func coveredTesters() throws -> Setting {
        Setting(experiments: [try experiment(tested, overrides: testers)])
    }

    /// Testers alone.
    @Sendable static func uncoveredTesters() throws -> Setting {
        Setting(experiments: [try experiment(tested, coverage: 0, overrides: testers)])
    }

    /// Testers by user and by session.
    @Sendable static func testersOfBothUnits() throws -> Setting {
        let session = VariantOverride(unitID: "user0", variantID: "hidden")
        return Setting(experiments: [
            try experiment(tested, overrides: testers),
            try experiment(testedSession, unit: .session, overrides: [session]),
        ])
    }
}
