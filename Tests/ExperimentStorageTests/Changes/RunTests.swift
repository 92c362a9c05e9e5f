import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

/// The view `runs` after what starts and stops experiments.
@Suite("The runs of an experiment")
struct RunTests {
    private static let past = Date(timeIntervalSince1970: 1_700_000_000)
    private static let ahead = Date(timeIntervalSince1970: 32_000_000_000)

    private static func experiment(
        _ status: ExperimentStatus = .running, from: Date? = nil, until: Date? = nil
    ) throws -> Experiment {
        try Experiment(
            id: "planned", status: status,
            variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")], startsAt: from,
            endsAt: until)
    }

    /// Beginning and end of each run; `now` for a time of this test.
    private func runs(_ test: TestStore) throws -> [String] {
        let now = "iif(abs(unixepoch(started_at) - unixepoch()) < 60, 'now', coalesce(started_at, '-'))"
        let stopped = now.replacingOccurrences(of: "started_at", with: "stopped_at")
        return try test.rows("SELECT \(now) || ' ' || \(stopped) FROM runs WHERE experiment = 'planned' ORDER BY run")
    }

    private func test(_ experiment: Experiment) async throws -> TestStore {
        try await TestStore(defining: [experiment])
    }

    @Test("an experiment that is defined as running has no beginning, one that is defined as stopped ends then")
    func defined() async throws {
        #expect(try runs(try await test(Self.experiment())) == ["- -"])
        #expect(try runs(try await test(Self.experiment(.stopped))) == ["- now"])
        #expect(try runs(try await test(Self.experiment(.draft))).isEmpty)
    }

    @Test("a schedule says both, also where it is over when the experiment is defined")
    func scheduled() async throws {
        let (start, end) = ("2023-11-14T22:13:20.000000Z", "2984-01-15T08:53:20.000000Z")
        #expect(try runs(try await test(Self.experiment(from: Self.past, until: Self.ahead))) == ["\(start) \(end)"])
        #expect(try runs(try await test(Self.experiment(from: Self.ahead))) == ["\(end) -"])
        let over = try Self.experiment(from: Self.past, until: Self.past + 60)
        #expect(try runs(try await test(over)) == ["\(start) 2023-11-14T22:14:20.000000Z"])
    }

    @Test("a stop ends the run, a start begins another one, and a draft's first run begins with its start")
    func startsAndStops() async throws {
        let test = try await test(Self.experiment(.draft))
        try await test.store.start("planned")
        #expect(try runs(test) == ["now -"])
        try await test.store.stop("planned")
        #expect(try runs(test) == ["now now"])
        try await test.store.stop("planned", winner: "treatment")
        #expect(try runs(test) == ["now now"])
        try await test.store.start("planned")
        #expect(try runs(test) == ["now now", "now -"])
    }

    @Test(
        "an end that is moved moves the run's, and one that is moved into the past is the run's, not the moment of the move"
    )
    func movedEnd() async throws {
        let test = try await test(Self.experiment())
        try await test.define(Self.experiment(until: Self.ahead))
        #expect(try runs(test) == ["- 2984-01-15T08:53:20.000000Z"])
        try await test.define(Self.experiment())
        #expect(try runs(test) == ["- -"])
        try await test.define(Self.experiment(until: Self.past))
        #expect(try runs(test) == ["- 2023-11-14T22:13:20.000000Z"])
    }

    @Test("a run that has not begun begins when it is moved to, and is gone when it is stopped or withdrawn before")
    func planned() async throws {
        let test = try await test(Self.experiment(from: Self.ahead))
        try await test.define(Self.experiment(from: Self.ahead - 60))
        #expect(try runs(test) == ["2984-01-15T08:52:20.000000Z -"])
        try await test.define(Self.experiment(.draft))
        #expect(try runs(test).isEmpty)
        try await test.define(Self.experiment(from: Self.ahead))
        try await test.store.stop("planned")
        #expect(try runs(test).isEmpty)
        try await test.store.start("planned")
        #expect(try runs(test) == ["now -"])
    }

    @Test("a start taken out begins the run at that moment")
    func atOnce() async throws {
        let test = try await test(Self.experiment(from: Self.ahead))
        try await test.define(Self.experiment())
        #expect(try runs(test) == ["now -"])
    }

    @Test("a stop by hand, with sqlite3, ends the run too")
    func byHand() async throws {
        let test = try await test(Self.experiment())
        try Connection.open(test.path, .readWrite).execute(
            "UPDATE experiment_definition SET status = 'stopped', stopped_at_us = started_at_us + 1, ends_at_us = NULL")
        let ended = try test.number(
            "SELECT r.stopped_at_us = x.stopped_at_us FROM experiment_run r JOIN experiment_definition x USING (experiment_id)"
        )
        #expect(ended == 1)
    }
}
