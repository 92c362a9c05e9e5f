import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

/// The effect of stopping, deciding and new phases on the numbers; the answers are worked out by hand.
@Suite("Phases and the numbers")
struct PhaseNumberTests {
    /// Records an exposure to what `assign` says at this moment.
    private func show(_ shop: TestStore, _ user: String, second: Int64) async throws -> Variant {
        let context = ExperimentContext(userID: user)
        let variant = try shop.store.assign("button", for: context)
        var record = Shop.exposure(user, variant.variantID.text, second: second)
        record.enrollment = variant.enrollment
        record.phase = variant.phase
        try await shop.store.recordExposure(record)
        return variant
    }

    private func outcome(_ shop: TestStore, _ user: String, _ value: Double, second: Int64) async throws {
        try await shop.store.recordOutcome(Shop.outcome(user, .numeric(value), second: second))
    }

    /// The first user of a variant, by the default hash with a seed.
    private func user(_ variant: String, seed: String = "button") -> String {
        let isControl = variant == "control"
        return (0...).lazy.map { "u\($0)" }.first { (DefaultHash("\(seed):\($0)").point < 0.5) == isControl } ?? ""
    }

    @Test("a stop and a restart stay in one phase: nobody enters meanwhile, what was measured counts, nobody moves")
    func restart() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        let (ann, bob) = (user("control"), user("treatment"))
        _ = try await show(shop, ann, second: 1)
        _ = try await show(shop, bob, second: 2)
        try await outcome(shop, ann, 10, second: 3)
        try await shop.store.stop("button")
        #expect(try await show(shop, "carl", second: 4).enrollment == .notRunning)
        try await outcome(shop, "carl", 7, second: 5)
        try await outcome(shop, ann, 5, second: 6)
        let stopped = try await shop.result()
        #expect(stopped.variants.map(\.units) == [1, 1])
        #expect(stopped.exposures.notRunning == 1)
        #expect(stopped.metrics[0].variants.map(\.sum) == [15, 0])
        #expect(stopped.outcomes.reasons == [.notRunning: 1])

        try await shop.store.start("button")
        #expect(try await show(shop, bob, second: 7).variantID == "treatment")
        let carl = try await show(shop, "carl", second: 8).isControl ? 0 : 1
        try await outcome(shop, "carl", 3, second: 9)
        let again = try await shop.result()
        #expect(again.phase == 1)
        #expect(again.units.crossover == 0)
        // Carl's outcome of second 5 came before his first enrolled exposure, at second 8.
        #expect(again.outcomes.reasons == [.beforeExposure: 1])
        var sums: [Double] = [15, 0]
        sums[carl] += 3
        #expect(again.metrics[0].variants.map(\.sum) == sums)
        #expect(again.variants.map(\.units) == (carl == 0 ? [2, 1] : [1, 2]))
    }

    @Test("a winner is declared while outcomes still arrive: they count for what the unit was first shown")
    func winner() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        let (ann, bob) = (user("control"), user("treatment"))
        _ = try await show(shop, ann, second: 1)
        _ = try await show(shop, bob, second: 1)
        try await outcome(shop, ann, 10, second: 2)
        try await shop.store.stop("button", winner: "treatment")
        // Ann now sees the treatment, and is no crossover: nobody is enrolled any more.
        let after = try await show(shop, ann, second: 3)
        #expect((after.variantID, after.enrollment) == ("treatment", .notRunning))
        try await outcome(shop, ann, 4, second: 4)
        try await outcome(shop, bob, 6, second: 4)
        try await outcome(shop, "late", 9, second: 5)
        let result = try await shop.result()
        #expect(result.units.crossover == 0)
        #expect(result.metrics[0].variants.map(\.sum) == [14, 6])
        #expect(result.outcomes.reasons == [.neverExposed: 1])
        #expect(try shop.rows("SELECT variant_id, sum FROM results") == ["control|14.0", "treatment|6.0"])
    }

    @Test("a conversion after a new phase counts in the phase its unit was seen in, and in the next once seen there")
    func lateConversion() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        let ann = user("control")
        _ = try await show(shop, ann, second: 1)
        try await shop.store.openPhase(of: "button", .keepingHash)
        try await outcome(shop, ann, 5, second: 2)
        var latest = try await shop.result()
        #expect((latest.phase, latest.units.exposed, latest.outcomes.kept) == (2, 0, 0))
        #expect(latest.outcomes.reasons == [.neverExposed: 1])
        #expect(try await shop.result { $0.phase = 1 }.metrics[0].variants[0].sum == 5)

        _ = try await show(shop, ann, second: 3)
        try await outcome(shop, ann, 8, second: 4)
        latest = try await shop.result()
        #expect(latest.metrics[0].variants[0].sum == 8)
        #expect(latest.outcomes.reasons == [.beforeExposure: 1])
        // Outcomes have no phase: 5 + 8, both after the first exposure of phase 1.
        #expect(try await shop.result { $0.phase = 1 }.metrics[0].variants[0].sum == 13)
    }

    @Test("re-randomised, a unit may change its variant without being a crossover of either phase")
    func rerandomised() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        let moves = (0...).lazy.map { "u\($0)" }.first {
            DefaultHash("button:\($0)").point < 0.5 && DefaultHash("button#2:\($0)").point >= 0.5
        }
        let ann = try #require(moves)
        #expect(try await show(shop, ann, second: 1).variantID == "control")
        try await shop.store.openPhase(of: "button", .rerandomizing)
        #expect(try await show(shop, ann, second: 2).variantID == "treatment")
        try await outcome(shop, ann, 1, second: 3)
        #expect(try await shop.result().variants.map(\.units) == [0, 1])
        let first = try await shop.result { $0.phase = 1 }
        #expect(first.variants.map(\.units) == [1, 0])
        #expect(first.units.crossover == 0)
        #expect(try shop.rows("SELECT variant_id, is_crossover FROM first_exposures") == ["treatment|0"])
    }

    @Test(
        "only what units did before any phase is a covariate: θ = 11/7, and the difference 1 becomes −4/7")
    func covariate() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        let before: [(String, String, Double, Double)] = [
            ("a", "control", 1, 2), ("b", "control", 2, 4), ("c", "control", 3, 9),
            ("d", "treatment", 1, 3), ("e", "treatment", 2, 5), ("f", "treatment", 6, 10),
        ]
        // In phase 1 everybody was in the control; what they did in it may be the control's doing, and is no covariate.
        for (user, _, x, _) in before {
            try await outcome(shop, user, x, second: 0)
            try await shop.store.recordExposure(Shop.exposure(user, "control", second: 1))
            try await outcome(shop, user, 100 * x * x, second: 5)
        }
        try await shop.store.openPhase(of: "button", .rerandomizing)
        for (user, variant, _, y) in before {
            try await shop.store.recordExposure(Shop.exposure(user, variant, second: 10, phase: 2))
            try await outcome(shop, user, y, second: 11)
        }
        let result = try await shop.result()
        #expect(result.outcomes.reasons == [.beforeExposure: 12])
        #expect(result.metrics[0].variants.map(\.sum) == [15, 18])
        let comparison = try #require(result.metrics[0].comparisons.first)
        let adjusted = try #require(comparison.adjusted)
        // Means of x and y are 2.5 and 5.5 over both variants: S_xy = 27.5, S_xx = 17.5.
        #expect(abs(adjusted.slope - 11.0 / 7) < 1e-12)
        // (18 − 15)/3 − θ (9 − 6)/3
        #expect(abs(try #require(comparison.inference.difference) - 1) < 1e-12)
        #expect(abs(try #require(adjusted.inference.difference) + 4.0 / 7) < 1e-12)
        let first = try await shop.result { $0.phase = 1 }
        // 100 (1 + 4 + 9 + 1 + 4 + 36) + 33, and before it the six x.
        #expect(first.metrics[0].variants.map(\.sum) == [5_533, 0])
        #expect(first.outcomes.reasons == [.beforeExposure: 6])
    }

    @Test("a back-dated import belongs to the phase in force at its times, whatever phase is in force when it arrives")
    func backDated() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        let (ann, bob) = (user("control"), user("treatment"))
        _ = try await show(shop, ann, second: 100)
        try await shop.store.openPhase(of: "button", .keepingHash)
        let administrator = try ExperimentAdministrator.open(at: shop.path)
        let records = try administrator.beginImport(digest: "history")
        for (user, variant, second) in [(ann, "control", 20), (ann, "control", 10), (bob, "treatment", 30)] {
            try records.add(Shop.exposure(user, variant, second: Int64(second)))
        }
        for (user, value, second) in [(ann, 1.0, 9), (ann, 2, 10), (bob, 4, 29), (bob, 8, 31)] {
            try records.add(Shop.outcome(user, .numeric(value), second: Int64(second)))
        }
        try records.finish()
        let latest = try await shop.result()
        #expect((latest.phase, latest.exposures.total) == (2, 0))
        #expect(latest.outcomes.reasons == [.neverExposed: 4])
        let first = try await shop.result { $0.phase = 1 }
        #expect((first.units.exposed, first.exposures.total, first.exposures.repeated) == (2, 4, 2))
        #expect(first.metrics[0].variants.map(\.sum) == [2, 8])
        #expect(first.outcomes.reasons == [.beforeExposure: 2])
    }

    @Test("raising coverage adds units to the phase and changes nothing about those in it")
    func coverage() async throws {
        let half = try Experiment(
            id: "button", variants: Shop.button().design.variants, coverage: 0.5)
        let shop = try await TestStore(.quiet(.processCrash), defining: [half])
        let users = (0..<40).map { "u\($0)" }
        for user in users {
            _ = try await show(shop, user, second: 1)
            try await outcome(shop, user, 1, second: 2)
        }
        let inside = users.filter { DefaultHash("button:\($0):coverage").point < 0.5 }
        let before = try await shop.result()
        #expect(before.units.exposed == inside.count)
        #expect(before.exposures.notEnrolled == 40 - inside.count)
        #expect(before.outcomes.reasons == [.notEnrolled: 40 - inside.count])
        try await shop.store.define(Shop.button())
        for user in users { _ = try await show(shop, user, second: 3) }
        let after = try await shop.result()
        #expect((after.phase, after.units.exposed, after.units.crossover) == (1, 40, 0))
        // Those who came in at second 3 did everything before.
        #expect(after.outcomes.kept == inside.count)
        #expect(after.outcomes.reasons == [.beforeExposure: 40 - inside.count])
    }
}
