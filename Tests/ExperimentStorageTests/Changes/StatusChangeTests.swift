import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Changes to when an experiment runs, and to what it leaves behind")
struct StatusChangeTests {
    private static let ahead = Date(timeIntervalSince1970: 32_000_000_000)

    private static func experiment(
        _ variants: [String] = ["control", "treatment"], status: ExperimentStatus = .running, winner: String? = nil,
        from: Date? = nil, until: Date? = nil
    ) throws -> Experiment {
        try Experiment(
            id: "planned", status: status,
            variants: variants.map { VariantDefinition($0, isControl: $0 == "control") }, winner: winner,
            startsAt: from, endsAt: until)
    }

    private func stored(_ test: TestStore) async throws -> StoredExperiment {
        try #require(try await test.store.experiments().last)
    }

    private func enrollment(_ test: TestStore) throws -> Enrollment {
        try test.store.assign("planned", for: ExperimentContext(userID: "ada")).enrollment
    }

    @Test("a start that is moved is when it will have started")
    func moved() async throws {
        let test = try await TestStore()
        try await test.define(Self.experiment(from: Self.ahead))
        #expect(try await test.define(Self.experiment(from: Self.ahead - 60)).changes == [.schedule])
        #expect(try await stored(test).startedAt == Self.ahead - 60)
        #expect(try enrollment(test) == .notRunning)
    }

    @Test(
        "a start taken out, or moved into the past, begins the phase, which is fixed from then on",
        arguments: [true, false])
    func begun(_ isTakenOut: Bool) async throws {
        let test = try await TestStore()
        try await test.store.apply(
            Definitions(
                experiments: [Definitions.DefinedExperiment(Self.experiment(from: Self.ahead), status: nil)],
                holdout: Holdout(share: 1)))
        let before = Date.now - 1
        let definition = try Self.experiment(from: isTakenOut ? nil : Date(timeIntervalSince1970: 1_000_000))
        #expect(try await test.define(definition).changes == [.schedule, .started])
        let begun = try await stored(test)
        #expect(try #require(begun.startedAt) > before)
        // Under the holdout in force when it began, whatever comes after.
        try await test.store.apply(Definitions(holdout: Holdout(share: 0)))
        #expect(try enrollment(test) == .notEnrolled)
        #expect(try test.number("SELECT count(*) FROM phase_definition WHERE started_at_us IS NULL") == 0)
        #expect(try await test.define(definition).isUnchanged)
        await #expect(throws: ExperimentError.self) {
            try await test.define(Self.experiment(["control", "blue"]))
        }
    }

    @Test("what has not begun can become a draft again, and does not begin by itself then")
    func draft() async throws {
        let test = try await TestStore()
        try await test.define(Self.experiment(from: Self.ahead))
        let draft = try Self.experiment(status: .draft, from: Self.ahead)
        #expect(try await test.define(draft).changes == [.withdrawn])
        #expect(try await stored(test).experiment == draft)
        #expect(try await stored(test).startedAt == nil)
        #expect(try await test.define(draft).isUnchanged)
        try await test.define(Self.experiment(from: Self.ahead))
        try await test.store.stop("planned", winner: "treatment")
        #expect(try await test.define(draft).changes == [.withdrawn])
        #expect(try await stored(test).experiment.winner == nil)
        try await test.store.start("planned")
        await #expect(throws: ExperimentError.self) { try await test.define(draft) }
    }

    @Test("a stop is never before the start, also where the end given has long passed")
    func ended() async throws {
        let test = try await TestStore()
        let past = Date(timeIntervalSince1970: 1_000_000)
        for definition in [
            try Self.experiment(until: past), try Self.experiment(status: .stopped, from: Self.ahead),
        ] {
            let fresh = try await TestStore()
            try await fresh.store.define(definition)
            let found = try await stored(fresh)
            #expect(found.experiment.status == .stopped)
            #expect(try #require(found.startedAt) <= #require(found.stoppedAt))
        }
        try await test.define(Self.experiment())
        #expect(try await test.define(Self.experiment(until: past)).changes == [.schedule, .stopped])
        let found = try await stored(test)
        #expect(try #require(found.startedAt) <= #require(found.stoppedAt))
        #expect(try await test.define(Self.experiment(until: past)).isUnchanged)
        #expect(try enrollment(test) == .notRunning)
    }

    @Test("an end before the start that is history is refused")
    func history() async throws {
        let test = try await TestStore()
        let start = Date(timeIntervalSince1970: 1_000_000)
        try await test.define(Self.experiment(from: start))
        let error = await #expect(throws: ExperimentError.self) {
            try await test.define(Self.experiment(until: start))
        }
        #expect(error?.description == "ends_at of 'planned' must be later than its start, which is history")
        #expect(try await test.define(Self.experiment(until: start + 1)).changes == [.schedule, .stopped])
    }

    @Test("a winner that would not be a variant any more is refused, and the file stays readable")
    func winner() async throws {
        let test = try await TestStore()
        try await test.define(Self.experiment())
        try await test.store.stop("planned", winner: "treatment")
        let blue = try Self.experiment(["control", "blue"], status: .stopped)
        let error = await #expect(throws: ExperimentError.self) {
            try await test.define(blue, openingPhase: .keepingHash)
        }
        #expect(error?.description.hasPrefix("winner of 'planned' must be one of the variants") == true)
        #expect(try await stored(test).phase == 1)
        let decided = try Self.experiment(["control", "blue"], status: .stopped, winner: "blue")
        try await test.define(decided, openingPhase: .keepingHash)
        #expect(try await stored(test).experiment == decided)
        try await test.define(Self.experiment(["control", "red"]), openingPhase: .keepingHash)
        #expect(try await stored(test).experiment.winner == nil)
        #expect(try enrollment(test) == .enrolled)
    }
}
