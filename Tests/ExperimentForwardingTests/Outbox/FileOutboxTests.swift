import ExperimentDatabase
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentForwarding

@Suite("A file is its own outbox")
struct FileOutboxTests {
    private static let lines = DestinationName("lines")

    /// Exposures and outcomes as they are in the pages of an outbox, from a place on.
    private func rows(
        of outbox: FileOutbox, after start: OutboxCursor = .start, limit: Int = 7
    ) async throws -> [ForwardedEvent] {
        var (rows, cursor): ([ForwardedEvent], OutboxCursor) = ([], start)
        while true {
            let page = try await outbox.rows(after: cursor, passing: EventFilter(), limit: limit)
            #expect(page.rows.count <= limit)
            guard page.end != cursor else { return rows }
            rows += page.rows
            cursor = page.end
        }
    }

    private func step(
        _ start: OutboxCursor, _ end: OutboxCursor, _ change: (inout DeliveryStep) -> Void = { _ in }
    ) -> DeliveryStep {
        var step = DeliveryStep(from: start, to: end, atMicroseconds: Shop.start)
        change(&step)
        return step
    }

    @Test("rows leave as they were recorded; what a record does not say is decided by its time")
    func whole() async throws {
        let test = try await TestStore()
        var exposure = Shop.exposure("ada", "treatment", second: 10, id: "x1")
        exposure.sessionID = "s1"
        exposure.attributes = ["country": "FR", "tier": "\"gold\" é"]
        exposure.enrollment = .override
        try await test.store.recordExposure(exposure)
        try await test.store.recordExposure(Shop.exposure("bob", second: 11))
        var outcome = Shop.outcome("ada", .count(9_007_199_254_740_993), second: 20, metric: "items", id: "o1")
        outcome.attributes = ["sku": "A1"]
        let outcomes = [
            outcome, Shop.outcome("ada", .numeric(19.5), second: 21),
            Shop.outcome("bob", .bool(false), second: 22, experiment: nil, metric: "purchase"),
        ]
        for outcome in outcomes { try await test.store.recordOutcome(outcome) }

        let outbox = try await FileOutbox.open(at: test.path)
        let rows = try await rows(of: outbox)
        try #require(rows.count == 5)
        guard case .exposure(let first) = rows[0].record, case .exposure(let second) = rows[1].record else {
            Issue.record("exposures come first")
            return
        }
        exposure.phase = 1
        #expect(first == exposure)
        #expect((second.enrollment, second.phase) == (.enrolled, 1))
        #expect(rows[2...].map(\.record) == outcomes.map { .outcome($0) })
        #expect(rows.map(\.id.number) == [1, 2, 1, 2, 3])
        #expect(Set(rows.map(\.id.file)).count == 1 && rows.allSatisfy { $0.id.epoch > 0 })
    }

    @Test(
        "exposures come before the outcomes that were recorded after them, and neither log waits for ever",
        arguments: 1...9)
    func order(_ limit: Int) async throws {
        let test = try await TestStore()
        let outbox = try await FileOutbox.open(at: test.path)
        var (seen, cursor): ([ForwardedEvent], OutboxCursor) = ([], .start)
        var recorded: [String] = []
        for round in 0..<20 {
            for caller in 0..<3 {
                let (shown, measured) = Shop.round(round, of: caller)
                try await test.store.recordExposure(shown)
                recorded.append("e\(recorded.count { $0.hasPrefix("e") } + 1)")
                for outcome in measured {
                    try await test.store.recordOutcome(outcome)
                    recorded.append("o\(recorded.count { $0.hasPrefix("o") } + 1)")
                }
            }
            // Fewer rows are taken than are recorded, as by a destination with a limit.
            let page = try await outbox.rows(after: cursor, passing: EventFilter(), limit: limit)
            seen += page.rows
            cursor = page.end
        }
        #expect(limit > 3 ? seen.contains { $0.id.log == .outcome } : true, "outcomes had their turn")
        seen += try await rows(of: outbox, after: cursor, limit: limit)
        let order = seen.map { "\($0.id.log == .exposure ? "e" : "o")\($0.id.number)" }
        #expect(Set(order) == Set(recorded) && order.count == recorded.count)
        let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        var last: [Character: Int] = [:]
        var exposure = -1
        for name in recorded {
            let place = try #require(places[name])
            if let kind = name.first { #expect(last.updateValue(place, forKey: kind) ?? -1 < place, "\(name)") }
            if name.hasPrefix("e") { exposure = max(exposure, place) } else { #expect(place > exposure, "\(name)") }
        }
    }

    @Test("the place is in the file: the next process goes on from there, and a step from elsewhere is refused")
    func progress() async throws {
        let test = try await TestStore()
        for second in 0..<5 { try await test.store.recordOutcome(Shop.outcome("ada", second: Int64(second))) }
        let outbox = try await FileOutbox.open(at: test.path)
        let page = try await outbox.rows(after: .start, passing: EventFilter(), limit: 3)
        let taken = step(.start, page.end) {
            $0.sent = 1
            $0.withheld = [.noUnit: 1]
            $0.refused = [RefusedRow(row: page.rows[2].id, reason: "too odd")]
            $0.notes = [.microsecondsCutOff, .unknownMetric("revenue")]
            $0.alarm = .stopped(.unauthorized(status: 401))
        }
        #expect(try await outbox.commit(taken, of: Self.lines))
        var expected = DeliveryProgress()
        expected.take(taken)
        let other = try await FileOutbox.open(at: test.path)
        #expect(try await other.progress(of: Self.lines) == expected)
        #expect(try await other.destinations() == [Self.lines])
        #expect(try await other.progress(of: "another").cursor == .start)
        #expect(try await !other.commit(step(.start, page.end), of: Self.lines), "somebody has moved on")
        #expect(try await other.progress(of: Self.lines) == expected)
        #expect(try await rows(of: other, after: expected.cursor).map(\.id.number) == [4, 5])
        let backlog = try await other.backlog(after: expected.cursor)
        #expect((backlog.rows, backlog.oldestMicroseconds) == (2, Shop.start + 3_000_000))
        #expect(
            try test.rows("SELECT log, number, destination, reason FROM delivery_refusal")
                == ["outcome|3|lines|too odd"])
    }

    @Test("an erased unit's refusals go with its rows, and the place stays behind no row")
    func erased() async throws {
        let test = try await TestStore()
        for (second, user) in ["bob", "ada", "bob", "ada"].enumerated() {
            try await test.store.recordOutcome(Shop.outcome(user, second: Int64(second)))
        }
        let outbox = try await FileOutbox.open(at: test.path)
        let all = try await rows(of: outbox)
        let half = step(.start, OutboxCursor.start.past(all[1].id)) {
            $0.refused = [RefusedRow(row: all[1].id, reason: "no such user: ada")]
        }
        #expect(try await outbox.commit(half, of: Self.lines))
        await test.store.close()
        _ = try ExperimentAdministrator.open(at: test.path).erase(ErasedIDs(users: ["ada"]))
        #expect(try test.rows("SELECT * FROM delivery_refusal").isEmpty)
        let again = try await FileOutbox.open(at: test.path)
        #expect(try await rows(of: again, after: half.end).map(\.id.number) == [3])
        let page = try await again.rows(after: half.end, passing: EventFilter(), limit: 9)
        #expect(try await again.backlog(after: page.end).rows == 0)
        // A row that is refused after it was erased.
        let late = step(half.end, page.end) { $0.refused = [RefusedRow(row: all[3].id, reason: "no such user: ada")] }
        #expect(try await again.commit(late, of: Self.lines))
        #expect(try test.rows("SELECT * FROM delivery_refusal").isEmpty)
    }

    @Test("a backup that is put back is followed: what it has not seen is sent again under the same ids")
    func restored() async throws {
        let test = try await TestStore()
        try await test.store.recordOutcome(Shop.outcome("ada"))
        await test.store.close()
        let outbox = try await FileOutbox.open(at: test.path)
        let before = try await rows(of: outbox)
        try ExperimentReader.backUp(test.path, to: test.folder.file("copy.db"))
        #expect(try await outbox.commit(step(.start, OutboxCursor(exposure: 0, outcome: 1)), of: Self.lines))
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: test.path + suffix) }
        try FileManager.default.moveItem(atPath: test.folder.file("copy.db"), toPath: test.path)
        #expect(try await !outbox.commit(step(.start, OutboxCursor(exposure: 0, outcome: 1)), of: Self.lines))
        await #expect(throws: ExperimentError.self, "whoever reads on is told") {
            _ = try await outbox.rows(after: OutboxCursor(exposure: 9, outcome: 9), passing: EventFilter(), limit: 1)
        }
        #expect(try await !outbox.commit(step(.start, OutboxCursor(exposure: 0, outcome: 1)), of: Self.lines))
        #expect(try await outbox.progress(of: Self.lines).cursor == .start)
        #expect(try await rows(of: outbox) == before)
    }

    @Test("a merged file is not forwarded from, since its rows' order changes with each merge")
    func merged() async throws {
        let test = try await TestStore()
        try await test.store.recordOutcome(Shop.outcome("ada"))
        await test.store.close()
        let all = test.folder.file("all.db")
        _ = try ExperimentMerge.merge([test.path], into: all)
        let error = await #expect(throws: ExperimentError.self) { try await FileOutbox.open(at: all) }
        #expect("\(try #require(error))".contains("servers' own files"))
    }
}
