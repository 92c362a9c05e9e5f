import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("The rules of the data")
struct RuleTests {
    @Test("an outcome counts from the microsecond of its unit's first exposure on, whenever it arrives")
    func invariant() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        try await shop.store.recordOutcome(Shop.outcome("ann", .numeric(1), second: 5))
        try await shop.store.recordOutcome(Shop.outcome("ann", .numeric(2), second: 10))
        try await shop.store.recordOutcome(Shop.outcome("bob", .numeric(4), second: 99))
        try await shop.store.recordExposure(Shop.exposure("ann", second: 20))
        try await shop.store.recordExposure(Shop.exposure("ann", second: 10))
        let result = try await shop.result()
        #expect(result.outcomes.total == 3)
        #expect(result.outcomes.kept == 1)
        #expect(result.outcomes.reasons == [.beforeExposure: 1, .neverExposed: 1])
        #expect(result.exposures.repeated == 1)
        #expect(result.metrics[0].variants[0].sum == 2)
    }

    @Test("a unit without an outcome is a zero in mean and variance")
    func zeros() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        for user in 0..<4 { try await shop.store.recordExposure(Shop.exposure("user\(user)")) }
        try await shop.store.recordOutcome(Shop.outcome("user0", .numeric(8)))
        let control = try await shop.result().metrics[0].variants[0]
        #expect(control.units == 4)
        #expect(control.unitsWithOutcome == 1)
        #expect(control.mean == 2)
        #expect(control.variance == 16)
    }

    @Test("the smallest time is the first exposure, ties are settled by arrival, never by name")
    func ties() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        try await shop.store.recordExposure(Shop.exposure("ann", "treatment", second: 5))
        try await shop.store.recordExposure(Shop.exposure("ann", "control", second: 5))
        try await shop.store.recordOutcome(Shop.outcome("ann", second: 5))
        let kept = try await shop.result { $0.crossovers = .first }
        #expect(kept.variants.map(\.units) == [0, 1])
        #expect(kept.outcomes.kept == 1)
        #expect(try shop.rows("SELECT variant_id, is_crossover FROM first_exposures") == ["treatment|1"])
    }

    @Test("a unit seen in two variants is left out and counted, or stays in its first")
    func crossovers() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        try await shop.store.recordExposure(Shop.exposure("ann", "control", second: 1))
        try await shop.store.recordExposure(Shop.exposure("ann", "treatment", second: 2))
        try await shop.store.recordExposure(Shop.exposure("bob", "treatment", second: 2))
        try await shop.store.recordOutcome(Shop.outcome("ann", second: 3))
        try await shop.store.recordOutcome(Shop.outcome("ann", second: 0))
        let excluded = try await shop.result()
        #expect((excluded.units.exposed, excluded.units.crossover, excluded.units.analysed) == (2, 1, 1))
        #expect(excluded.outcomes.reasons == [.crossover: 2])
        let first = try await shop.result { $0.crossovers = .first }
        #expect((first.units.exposed, first.units.crossover, first.units.analysed) == (2, 1, 2))
        #expect(first.outcomes.reasons == [.beforeExposure: 1])
        #expect(first.variants.map(\.units) == [1, 1])
    }

    @Test("only enrolled exposures start a unit; the others give its outcomes their reason, an override first")
    func enrollment() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        let reasons: [(String, [Enrollment])] = [
            ("a", [.override, .notRunning]), ("b", [.notRunning, .notEnrolled]), ("c", [.notRunning]),
            ("d", [.override, .enrolled]),
        ]
        for (user, enrollments) in reasons {
            for (second, enrollment) in enrollments.enumerated() {
                var exposure = Shop.exposure(user, "treatment", second: Int64(second))
                exposure.enrollment = enrollment
                try await shop.store.recordExposure(exposure)
            }
            try await shop.store.recordOutcome(Shop.outcome(user, second: 9))
        }
        let result = try await shop.result()
        #expect(result.outcomes.reasons == [.override: 1, .notEnrolled: 1, .notRunning: 1])
        #expect(result.outcomes.kept == 1)
        #expect(result.units.analysed == 1)
        #expect((result.exposures.override, result.exposures.notEnrolled, result.exposures.notRunning) == (2, 1, 3))
    }

    @Test("an outcome without an experiment counts in each in which its unit was exposed, by that experiment's unit")
    func shared() async throws {
        let session = try Experiment(
            id: "search", unit: .session,
            variants: [VariantDefinition("old", isControl: true), VariantDefinition("new")])
        let shop = try await TestStore(
            .quiet(.processCrash), defining: [Shop.button(), Shop.button("banner"), session])
        for name in ["button", "banner"] {
            try await shop.store.recordExposure(Shop.exposure("ann", experiment: name))
        }
        try await shop.store.recordExposure(
            ExposureRecord(
                experiment: "search", variantID: "new", userID: nil, timestampMicroseconds: Shop.start,
                sessionID: "s1"))
        var purchase = Shop.outcome("ann", second: 1, experiment: nil)
        purchase.sessionID = "s1"
        try await shop.store.recordOutcome(purchase)
        try await shop.store.recordOutcome(Shop.outcome("nobody", experiment: nil))
        try await shop.store.recordOutcome(Shop.outcome(nil, experiment: nil))
        // A user's id that equals a session's is not that session.
        try await shop.store.recordOutcome(Shop.outcome("s1", experiment: nil))
        let results = try await shop.analyze()
        #expect(results.experiments.map(\.outcomes.kept) == [1, 1, 1])
        #expect(results.experiments.map(\.outcomes.total) == [1, 1, 1])
        #expect(results.unattributedOutcomes.total == 3)
        #expect(results.unattributedOutcomes.noUnit == 1)
        #expect(
            try shop.rows("SELECT reason, count(*) FROM discarded_outcomes WHERE experiment IS NULL GROUP BY 1")
                == ["never_exposed|2", "no_unit|1"])
        // Asked about one experiment, what belongs nowhere is still what belongs nowhere.
        let one = try await shop.analyze { $0.experiments = ["banner"] }
        #expect(one.unattributedOutcomes == results.unattributedOutcomes)
        #expect(one.experiments == [results.experiments[1]])
    }

    @Test("a window ends before its last microsecond; a cap bounds a unit's value, not an outcome's")
    func windowAndCap() async throws {
        let revenue = try MetricDefinition(name: "revenue", kind: .numeric, windowMicroseconds: 10_000_000, cap: 5)
        let shop = try await TestStore(.quiet(.processCrash), defining: [Shop.button()], metrics: [revenue])
        try await shop.store.recordExposure(Shop.exposure("ann", second: 1))
        try await shop.store.recordOutcome(Shop.outcome("ann", .numeric(3), second: 2))
        try await shop.store.recordOutcome(Shop.outcome("ann", .numeric(4), second: 10))
        try await shop.store.recordOutcome(Shop.outcome("ann", .numeric(9), second: 11))
        let result = try await shop.result()
        #expect(result.outcomes.reasons == [.afterWindow: 1])
        #expect(result.metrics[0].variants[0].sum == 5)
        #expect(try shop.rows("SELECT value, outcomes FROM unit_metrics") == ["5.0|2"])
    }

    @Test("sums of integers near 2⁶³ neither overflow nor round before the end")
    func hugeCounts() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        try await shop.store.recordExposure(Shop.exposure("ann"))
        for value in [Int64.max, Int64.max, -Int64.max, 1, .min] {
            try await shop.store.recordOutcome(Shop.outcome("ann", .count(value)))
        }
        let sum = try await shop.result().metrics[0].variants[0].sum
        // max + max − max + 1 + min = 0
        #expect(sum == 0)
        #expect(try shop.rows("SELECT sum FROM results WHERE is_control") == ["0.0"])
    }

    @Test("one name recorded with two kinds is two metrics")
    func kinds() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        try await shop.store.recordExposure(Shop.exposure("ann"))
        try await shop.store.recordOutcome(Shop.outcome("ann", .bool(true)))
        try await shop.store.recordOutcome(Shop.outcome("ann", .count(3)))
        let metrics = try await shop.result().metrics
        #expect(metrics.map(\.kind) == [.bool, .count])
        #expect(metrics.map { $0.variants[0].sum } == [1, 3])
    }

    @Test("as of a time, rows of that microsecond and later do not exist, also in totals")
    func asOf() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        for second in 0..<4 {
            try await shop.store.recordExposure(Shop.exposure("user\(second)", second: Int64(second)))
            try await shop.store.recordOutcome(Shop.outcome("user\(second)", second: Int64(second)))
            try await shop.store.recordOutcome(Shop.outcome("x", second: Int64(second), experiment: nil))
        }
        let results = try await shop.analyze { $0.asOfMicroseconds = Shop.start + 2_000_000 }
        #expect(results.experiments[0].exposures.total == 2)
        #expect(results.experiments[0].outcomes.total == 2)
        #expect(results.unattributedOutcomes.total == 2)
        #expect(results.through.outcome == 8)
    }

    @Test("ids are bytes: one letter written in two ways is two units")
    func bytes() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        try await shop.store.recordExposure(Shop.exposure("caf\u{e9}"))
        try await shop.store.recordExposure(Shop.exposure("cafe\u{301}"))
        try await shop.store.recordOutcome(Shop.outcome("caf\u{e9}"))
        let result = try await shop.result()
        #expect(result.units.exposed == 2)
        #expect(result.metrics[0].variants[0].unitsWithOutcome == 1)
    }

    @Test("a new phase starts anew: its own exposures and units, the outcomes by time")
    func phases() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        try await shop.store.recordExposure(Shop.exposure("ann", "control", second: 1))
        try await shop.store.recordOutcome(Shop.outcome("ann", second: 2))
        _ = try await shop.store.apply(
            Definitions(experiments: [
                Definitions.DefinedExperiment(try Shop.button(weights: (1, 3)), status: .running)
            ]), openingPhases: .keepingHash)
        try await shop.store.recordExposure(Shop.exposure("ann", "treatment", second: 10, phase: 2))
        try await shop.store.recordOutcome(Shop.outcome("ann", second: 11))
        let latest = try await shop.result()
        #expect(latest.phase == 2)
        #expect(latest.variants.map(\.units) == [0, 1])
        #expect(latest.units.crossover == 0)
        #expect(latest.outcomes.kept == 1)
        #expect(latest.outcomes.reasons == [.beforeExposure: 1])
        let first = try await shop.result { $0.phase = 1 }
        #expect(first.variants.map(\.units) == [1, 0])
        #expect(first.variants.map(\.weight) == [1, 1])
        #expect(first.outcomes.kept == 2)
    }

    @Test("what cannot be reported is an error that says why")
    func refusals() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        await #expect(throws: ExperimentError.experimentNotFound("buton")) {
            _ = try await shop.analyze { $0.experiments = ["buton"] }
        }
        await #expect(throws: ExperimentError.self) { _ = try await shop.analyze { $0.phase = 7 } }
        await #expect(throws: ExperimentError.self) { _ = try await shop.analyze { $0.confidence = 1 } }
        let missing = try ExperimentAnalyzer(databaseAt: shop.folder.file("missing.db"))
        await #expect(throws: ExperimentError.self) { _ = try await missing.analyze() }
    }
}
