import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import Foundation
import Logging
import StoreTestSupport
import TestSupport
import Testing

@Suite("Recording")
struct RecordingTests {
    @Test("an event is in the file when its call returns")
    func durable() async throws {
        let test = try await TestStore()
        let context = ExperimentContext(userID: "ada", attributes: ["country": "nl", "plan": "a\"b"])
        try await test.store.recordExposure(ExposureRecord(of: test.store.assign("button", for: context), to: context))
        #expect(try test.exposures() == 1)
        try await test.store.recordOutcome(Shop.outcome("ada"))
        #expect(try test.outcomes() == 1)
        #expect(
            try test.number(#"SELECT attributes = '{"country":"nl","plan":"a\"b"}' FROM exposure_log"#) == 1)
    }

    @Test("the blocking forms record too")
    func blocking() throws {
        let folder = TemporaryFolder()
        let store: ExperimentStore = try ExperimentStore.openBlocking(
            at: folder.file("shop.db"), configuration: TestStore.quiet)
        defer { store.closeBlocking() }
        #expect(throws: ExperimentError.experimentNotFound("button")) {
            try store.recordExposureBlocking(Shop.exposure("ada"))
        }
        try store.recordOutcomeBlocking(Shop.outcome("ada", experiment: nil))
        try store.flushBlocking()
    }

    @Test("values come back as they were: the largest counts, the smallest doubles, exact times, bytes of ids")
    func exact() async throws {
        let test = try await TestStore()
        try await test.store.recordOutcome(Shop.outcome("caf\u{e9}", .count(.max), metric: "n"))
        try await test.store.recordOutcome(Shop.outcome("cafe\u{301}", .count(.min), metric: "n"))
        try await test.store.recordOutcome(Shop.outcome("a", .numeric(.leastNonzeroMagnitude)))
        try await test.store.recordOutcome(Shop.outcome("a", .numeric(-0.1)))
        var late = Shop.outcome("a", .bool(true), metric: "b")
        late.timestampMicroseconds = 253_402_300_799_999_999
        try await test.store.recordOutcome(late)
        #expect(try test.number("SELECT count(DISTINCT user_id) FROM outcome_log") == 3)
        #expect(try test.number("SELECT value = 9223372036854775807 FROM outcome_log WHERE outcome_id = 1") == 1)
        #expect(try test.number("SELECT value = -9223372036854775807 - 1 FROM outcome_log WHERE outcome_id = 2") == 1)
        #expect(
            try test.number("SELECT value = 5e-324 AND typeof(value) = 'real' FROM outcome_log WHERE outcome_id = 3")
                == 1)
        #expect(try test.number("SELECT value = -0.1 FROM outcome_log WHERE outcome_id = 4") == 1)
        #expect(try test.number("SELECT timestamp_us FROM outcome_log WHERE outcome_id = 5") == 253_402_300_799_999_999)
    }

    @Test("a time more than a day ahead of the clock is refused, unless the store is told otherwise")
    func future() async throws {
        var configuration = TestStore.quiet
        configuration.clockTolerance = StoreConfiguration().clockTolerance
        let test = try await TestStore(configuration)
        var exposure = Shop.exposure("ada")
        exposure.timestamp = Date.now + 86_390
        try await test.store.recordExposure(exposure)
        exposure.timestamp = Date.now + 86_410
        var outcome = Shop.outcome("ada")
        outcome.timestamp = .distantFuture
        let refusals = [
            await #expect(throws: ExperimentError.self) { try await test.store.recordExposure(exposure) },
            await #expect(throws: ExperimentError.self) { try await test.store.recordOutcome(outcome) },
        ]
        for refusal in refusals {
            guard case .invalidContext(let input) = refusal else { throw try #require(refusal) }
            #expect(input.field == "timestamp" && input.description.contains("86400 s ahead"))
        }
        #expect(try test.exposures() == 1 && test.outcomes() == 0)
    }

    @Test("a metric that is recorded with another kind than it is defined with is logged as a warning, once")
    func oddKind() async throws {
        let logged = LoggedMessages(.warning)
        let test = try await TestStore(
            logged.configuration, metrics: [MetricDefinition(name: "purchase", kind: .bool)])
        try await test.store.recordOutcome(Shop.outcome("ada", .bool(true), metric: "purchase"))
        #expect(logged.all == [])
        for _ in 0..<2 { try await test.store.recordOutcome(Shop.outcome("ada", .count(1), metric: "purchase")) }
        try await test.store.recordOutcome(Shop.outcome("ada", .count(1), metric: "items"))
        try await test.store.recordOutcome(Shop.outcome("ada", .numeric(1), metric: "items"))
        #expect(logged.all == ["purchase is defined as bool and recorded as count: the two are two metrics"])
    }

    @Test("a record whose id was written before changes nothing, and the call succeeds")
    func repeatedIDs() async throws {
        let test = try await TestStore()
        try await test.store.recordExposure(Shop.exposure("ada", "control", id: "e1"))
        try await test.store.recordExposure(Shop.exposure("bob", "treatment", id: "e1"))
        try await test.store.recordOutcome(Shop.outcome("ada", .numeric(1), id: "e1"))
        try await test.store.recordOutcome(Shop.outcome("ada", .numeric(2), id: "e1"))
        #expect(try test.number("SELECT count(*) FROM exposure_log WHERE user_id = 'ada'") == 1)
        #expect(try test.exposures() == 1)
        #expect(try test.number("SELECT value FROM outcome_log") == 1)
    }

    @Test("a bad record fails alone: its neighbours in the same batches are stored")
    func neighbours() async throws {
        let test = try await TestStore()
        let failures = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<600 {
                group.addTask {
                    let variant = index % 3 == 0 ? "nobody defined this" : "control"
                    do throws(ExperimentError) {
                        try await test.store.recordExposure(Shop.exposure("user\(index)", variant))
                        return false
                    } catch {
                        return error
                            == .invalidContext(
                                InvalidInput(field: "variant_id", rule: "must be one of the experiment's variants"))
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 200)
        #expect(try test.exposures() == 400)
    }

    @Test("an exposure to a variant that only an earlier phase has is recorded, and belongs to that phase")
    func earlierVariant() async throws {
        let test = try await TestStore()
        let next = try Experiment(
            id: "button", variants: [VariantDefinition("control", isControl: true), VariantDefinition("newer")])
        await #expect(throws: ExperimentError.self) { try await test.store.define(next) }
        let change = try await test.store.define(next, openingPhase: .keepingHash)
        #expect(change.changes == [.design(.variants), .newPhase(2)])
        try await test.store.recordExposure(Shop.exposure("ada", "treatment"))
        #expect(try test.number("SELECT phase FROM exposures") == 1)
        #expect(try test.store.assign("button", for: ExperimentContext(userID: "x")).variantID != "treatment")
    }

    @Test("with suppression, an exposure identical to a recorded one is not stored again, another one is")
    func suppression() async throws {
        var configuration = TestStore.quiet
        configuration.repeatSuppression = .seconds(60)
        let test = try await TestStore(configuration)
        try await test.store.recordExposure(Shop.exposure("ada", second: 100))
        try await test.store.recordExposure(Shop.exposure("ada", second: 159))
        #expect(try test.exposures() == 1, "a repeat within the window")
        try await test.store.recordExposure(Shop.exposure("ada", second: 160))
        #expect(try test.exposures() == 2, "the window is over")
        try await test.store.recordExposure(Shop.exposure("ada", second: 90))
        #expect(try test.exposures() == 3, "an earlier time moves the first exposure")
        try await test.store.recordExposure(Shop.exposure("ada", "treatment", second: 161))
        #expect(try test.exposures() == 4, "another variant makes a crossover")
        try await test.store.recordExposure(Shop.exposure("bob", second: 161))
        #expect(try test.exposures() == 5)
    }
}
