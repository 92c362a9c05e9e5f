import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Explaining a unit")
struct ExplanationTests {
    private static let units: [ExperimentName: Int] = ["button": 40, "search": 60]

    private func messy(_ seed: UInt64) async throws -> TestStore {
        let shop = try await TestStore.messy(metrics: [
            MetricDefinition(name: "m", kind: .numeric, windowMicroseconds: 12, cap: 50),
            MetricDefinition(name: "n", kind: .numeric, aggregation: .mean),
            MetricDefinition(name: "m", kind: .count, aggregation: .count, windowMicroseconds: 20),
        ])
        var random = SplitMix(seed: seed)
        for index in 0..<600 {
            if index == 300, seed.isMultiple(of: 2) {
                try await shop.store.openPhase(of: "button", .keepingHash)
            }
            try await shop.recordMess(&random)
        }
        return shop
    }

    private func explanations(
        _ shop: TestStore, _ experiment: ExperimentName, _ options: AnalysisOptions = AnalysisOptions()
    ) throws -> [UnitExplanation] {
        let analyzer = try ExperimentAnalyzer(databaseAt: shop.path)
        return try (0..<(Self.units[experiment] ?? 0)).map { number in
            let id = "id\(number)"
            let context =
                experiment == "button" ? ExperimentContext(userID: id) : ExperimentContext(sessionID: id)
            return try analyzer.explain(context, in: experiment, options)
        }
    }

    @Test(
        "random messy events: for every unit, what is kept or discarded and why is what the views say", arguments: 1...4
    )
    func views(seed: UInt64) async throws {
        let shop = try await messy(seed)
        for experiment in Self.units.keys {
            var outcomes: [String] = []
            var contributions: [String] = []
            var firsts: [String] = []
            for unit in try explanations(shop, experiment) {
                outcomes += unit.outcomes.compactMap { outcome in
                    outcome.fate.word.map { "\(outcome.outcome)|\(unit.unitID)|\($0)" }
                }
                contributions += unit.contributions.filter { $0.outcomes > 0 && $0.counts }.map {
                    "\(unit.unitID)|\($0.metric)|\($0.kind)|\($0.outcomes)|\(Int((($0.value ?? 0) * 1e6).rounded()))"
                }
                firsts +=
                    unit.first.map {
                        [
                            "\(unit.unitID)|\($0.variantID)|\($0.timestampMicroseconds)|\($0.exposures)|\($0.isCrossover ? 1 : 0)"
                        ]
                    } ?? []
            }
            let shown = try shop.rows(
                """
                SELECT outcome, unit_id, 'kept' FROM counted_outcomes WHERE experiment = '\(experiment)'
                UNION ALL
                SELECT outcome, unit_id, reason FROM discarded_outcomes
                WHERE experiment = '\(experiment)' AND unit_id IS NOT NULL
                """)
            #expect(outcomes.sorted() == shown.sorted())
            let values = try shop.rows(
                """
                SELECT unit_id, metric, kind, outcomes, CAST(round(value * 1e6) AS INTEGER) FROM unit_metrics
                WHERE experiment = '\(experiment)' AND outcomes > 0
                """)
            #expect(contributions.sorted() == values.sorted())
            let units = try shop.rows(
                """
                SELECT unit_id, variant_id, timestamp_us, exposures, is_crossover FROM first_exposures
                WHERE experiment = '\(experiment)'
                """)
            #expect(firsts.sorted() == units.sorted())
        }
    }

    @Test(
        "the units' rows add up to the report's books, for a time, a phase and crossovers kept or not",
        arguments: [2, 4])
    func books(seed: UInt64) async throws {
        let shop = try await messy(seed)
        let reports: [(ExperimentName, AnalysisOptions.Crossovers)] = [("button", .first), ("search", .exclude)]
        for (experiment, crossovers) in reports {
            for phase in experiment == "button" ? [1, 2] : [1] {
                var options = AnalysisOptions()
                options.experiments = [experiment]
                options.asOfMicroseconds = Shop.start + 35
                options.phase = phase
                options.crossovers = crossovers
                let unit = try explanations(shop, experiment, options)
                let found = try await shop.analyze { $0 = options }.experiments[0]
                let outcomes = unit.flatMap(\.outcomes)
                #expect(outcomes.count { $0.fate == .kept } == found.outcomes.kept)
                for reason in DiscardReason.allCases where reason != .noUnit {
                    #expect(outcomes.count { $0.fate == .discarded(reason) } == found.outcomes.discarded(reason))
                }
                let roles = unit.flatMap(\.exposures).map(\.role)
                #expect(roles.count { $0 == .first } == found.units.exposed)
                #expect(roles.count { $0 == .repeated } == found.exposures.repeated)
                #expect(roles.count { $0 == .override } == found.exposures.override)
                #expect(roles.count { $0 == .notEnrolled } == found.exposures.notEnrolled)
                #expect(roles.count { $0 == .notRunning } == found.exposures.notRunning)
                #expect(unit.count { $0.exclusion == nil } == found.units.analysed)
                #expect(outcomes.allSatisfy { $0.timestampMicroseconds < Shop.start + 35 })
                for metric in found.metrics {
                    let sum = metric.variants.compactMap(\.sum).reduce(0, +)
                    let parts = unit.flatMap(\.contributions)
                        .filter { $0.metric == metric.metric && $0.kind == metric.kind }.compactMap(\.value)
                    #expect(abs(parts.reduce(0, +) - sum) <= 1e-9 * parts.reduce(1) { $0 + abs($1) })
                }
            }
        }
    }

    @Test("rows are in order of time, each with what it carries; rows of nobody come with the other id")
    func rows() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        try await shop.store.recordExposure(
            ExposureRecord(
                experiment: "button", variantID: "treatment", userID: "ann", timestampMicroseconds: 20,
                sessionID: "s", attributes: ["country": "DE"]))
        try await shop.store.recordExposure(
            ExposureRecord(
                experiment: "button", variantID: "control", userID: nil, timestampMicroseconds: 30, sessionID: "s"))
        try await shop.store.recordOutcome(
            OutcomeRecord(
                experiment: nil, metric: "m", value: .count(.max), userID: "ann", timestampMicroseconds: 20,
                attributes: ["page": "cart"]))
        try await shop.store.recordOutcome(
            OutcomeRecord(
                experiment: "button", metric: "m", value: .bool(true), userID: "ann", timestampMicroseconds: 19))
        try await shop.store.recordOutcome(
            OutcomeRecord(
                experiment: "button", metric: "m", value: .bool(true), userID: nil, timestampMicroseconds: 21,
                sessionID: "s"))
        let analyzer = try ExperimentAnalyzer(databaseAt: shop.path)
        let alone = try analyzer.explain(ExperimentContext(userID: "ann"), in: "button")
        #expect(alone.exclusion == nil)
        #expect(alone.first?.variantID == "treatment")
        #expect(alone.first?.attributes.map { "\($0.name)=\($0.value)" } == ["country=DE"])
        #expect(alone.exposures.map(\.role) == [.first])
        #expect(alone.outcomes.map(\.fate) == [.discarded(.beforeExposure), .kept])
        #expect(alone.outcomes.map(\.value) == [.bool(true), .count(.max)])
        #expect(alone.outcomes.map(\.namesExperiment) == [true, false])
        #expect(alone.outcomes.last?.attributes.map { "\($0.name)=\($0.value)" } == ["page=cart"])
        #expect(alone.contributions.map(\.value) == [0, 0x1p63])
        #expect(alone.contributions.map(\.covariate) == [1, 0])
        let both = try analyzer.explain(ExperimentContext(userID: "ann", sessionID: "s"), in: "button")
        #expect(both.exposures.map(\.role) == [.first, .noUnit])
        #expect(both.outcomes.map(\.fate) == [.discarded(.beforeExposure), .kept, .discarded(.noUnit)])
    }

    @Test("an outcome without an experiment is none of an experiment's in which its unit is not enrolled")
    func unattributed() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        try await shop.store.recordExposure(Shop.exposure("tester").with(.override))
        for experiment in [nil, "button"] {
            try await shop.store.recordOutcome(Shop.outcome("tester", second: 1, experiment: experiment))
        }
        let tester = try ExperimentAnalyzer(databaseAt: shop.path)
            .explain(ExperimentContext(userID: "tester"), in: "button")
        #expect(tester.exclusion == .override)
        #expect(tester.first == nil)
        #expect(tester.outcomes.map(\.fate) == [.unattributed, .discarded(.override)])
    }

    @Test("a unit never seen has an empty explanation; an experiment, a phase or an id that cannot be is an error")
    func nobody() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        let analyzer = try ExperimentAnalyzer(databaseAt: shop.path)
        let nobody = try analyzer.explain(ExperimentContext(userID: "nobody"), in: "button")
        #expect(!nobody.isSeen)
        #expect(nobody.exclusion == .neverExposed)
        #expect(nobody.contributions.isEmpty)
        #expect(throws: ExperimentError.experimentNotFound("bottom")) {
            try analyzer.explain(ExperimentContext(userID: "nobody"), in: "bottom")
        }
        for context in [ExperimentContext(sessionID: "s"), ExperimentContext(userID: "")] {
            #expect { try analyzer.explain(context, in: "button") } throws: { error in
                (error as? ExperimentError)?.status == 400
            }
        }
        var options = AnalysisOptions()
        options.phase = 2
        #expect(throws: ExperimentError.self) {
            try analyzer.explain(ExperimentContext(userID: "nobody"), in: "button", options)
        }
    }
}

extension ExplainedOutcome.Fate {
    /// The word of the views for the fate; nil for what they leave to other experiments.
    fileprivate var word: String? {
        switch self {
        case .kept: "kept"
        case .discarded(let reason): reason.rawValue
        case .unattributed, .ofAnotherUnit: nil
        }
    }
}

extension ExposureRecord {
    fileprivate func with(_ enrollment: Enrollment) -> ExposureRecord {
        ExposureRecord(
            experiment: experiment, variantID: variantID, userID: userID,
            timestampMicroseconds: timestampMicroseconds, enrollment: enrollment)
    }
}
