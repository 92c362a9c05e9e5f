import Experimentation
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ExperimentForwarding

/// Every row arrives at least once, under one id, and those of a unit in order: whatever fails, and whenever it is killed.
@Suite struct AtLeastOnceTests {
    /// Rows of few units, some of which name a user and a session.
    static func rows(_ count: Int, _ random: inout SplitMix, poison: Double = 0) -> [ForwardedEvent.Record] {
        let units = 1 + random.below(40)
        return (0..<count).map { index in
            let user = random.chance(0.8) ? "u\(random.below(units))" : nil
            let session = user == nil || random.chance(0.3) ? "s\(random.below(units))" : nil
            let time = Setup.outcomeTime + Int64(index)
            let metric = random.chance(poison) ? "poison" : "signup"
            return random.chance(0.3)
                ? Setup.exposure(user, "control", at: time, session: session)
                : Setup.outcome(user, metric, at: time, session: session)
        }
    }

    /// The problems with the order of arrivals: for each user and session, rows come first in the order of recording.
    static func disorder(_ rows: [ForwardedEvent], _ arrivals: [String]) -> [String] {
        let known = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1.id.text, ($0, $1)) })
        var last: [String: Int] = [:]
        var seen: Set<String> = []
        var problems: [String] = []
        for id in arrivals where seen.insert(id).inserted {
            guard let (index, row) = known[id] else {
                problems.append("\(id) was never recorded")
                continue
            }
            for unit in Self.units(row) {
                if let before = last[unit], before > index {
                    problems.append("\(id) came after a later row of \(unit)")
                }
                last[unit] = index
            }
        }
        return problems
    }

    private static func units(_ row: ForwardedEvent) -> [String] {
        switch row.record {
        case .exposure(let exposure): [exposure.userID, exposure.sessionID].compactMap { $0.map { "\($0)" } }
        case .outcome(let outcome): [outcome.userID, outcome.sessionID].compactMap { $0.map { "\($0)" } }
        }
    }

    static func limits(_ random: inout SplitMix) -> DeliveryLimits {
        DeliveryLimits(
            rowsPerRequest: 1 + random.below(20), bytesPerRequest: 500 + random.below(5_000),
            concurrentRequests: 1 + random.below(8), isCompressed: random.chance(0.3))
    }

    /// A thousand kills, twenty a log: each run dies at some commit, before it or after it, or is cancelled at some request.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func nothingIsLostByAKill(_ seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let log = MemoryOutbox(file: Setup.file)
        let poison = random.chance(0.5) ? 0.01 : 0
        let destination = try Setup.lines(Self.limits(&random))
        let receiver = Receiver(seed: seed)
        let outbox = DyingOutbox(log, seed: seed)
        var deaths = 0
        while true {
            let lag = await log.backlog(after: log.progress(of: "lines").cursor).rows
            if lag == 0, deaths >= 20 { break }
            if lag == 0 { await log.record(Self.rows(100 + random.below(300), &random, poison: poison)) }
            let task = Mutex<Task<Void, Never>?>(nil)
            let transport = Self.flaky(receiver) { if receiver.chance(0.02) { task.withLock { $0 }?.cancel() } }
            let forwarder = Setup.forwarder(outbox, destination, transport, VirtualTime(seed: seed + UInt64(deaths)))
            let run = Task { _ = try? await forwarder.drain() }
            task.withLock { $0 = run }
            await run.value
            if await log.backlog(after: log.progress(of: "lines").cursor).rows > 0 { deaths += 1 }
            try #require(deaths < 5_000)
        }
        let rows = await log.rows(after: .start, passing: EventFilter(), limit: .max).rows
        let refused = await log.refusedRows(of: "lines").map(\.row.text)
        let poisoned = rows.filter {
            if case .outcome(let outcome) = $0.record { outcome.metric == "poison" } else { false }
        }
        #expect(Set(refused) == Set(poisoned.map(\.id.text)))
        #expect(Set(receiver.arrivals).union(refused) == Set(rows.map(\.id.text)))
        #expect(receiver.changed == [])
        #expect(Self.disorder(rows, receiver.arrivals) == [])
    }

    /// A transport that behaves as a bad network does.
    static func flaky(_ receiver: Receiver, _ hook: @escaping @Sendable () -> Void) -> FakeTransport {
        FakeTransport { request, _ in
            hook()
            let body = (try? request.plainBody) ?? []
            let isPoison = String(decoding: body, as: UTF8.self).contains("poison")
            switch receiver.mood() {
            case .good where isPoison: return .success(HTTPAnswer(status: 400))
            case .good:
                receiver.take(body)
                return .success(HTTPAnswer(status: 200))
            case .busy(let isTaken):
                if isTaken, !isPoison { receiver.take(body) }
                return .success(HTTPAnswer(status: 503))
            case .silent(let isTaken):
                if isTaken, !isPoison { receiver.take(body) }
                return .failure(.timedOut)
            case .hangUp:
                if !isPoison { receiver.take(body) }
                return .failure(.reset)
            }
        }
    }

    /// The check itself finds disorder.
    @Test func disorderIsFound() async {
        let log = await Setup.outbox((0..<3).map { Setup.outcome("u\($0 % 2)", "signup") })
        let rows = await log.rows(after: .start, passing: EventFilter(), limit: 9).rows
        let ids = rows.map(\.id.text)
        #expect(Self.disorder(rows, ids + ids) == [])
        #expect(Self.disorder(rows, [ids[1], ids[0], ids[2]]) == [])
        #expect(Self.disorder(rows, [ids[2], ids[0], ids[1]]).count == 1)
    }

    /// A disk that is full for a while: a service goes on, and nothing is lost.
    @Test func aFullDiskLosesNothing() async throws {
        let log = await Setup.outbox((0..<500).map { Setup.outcome("u\($0)", "signup") })
        let receiver = Receiver(seed: 1)
        let outbox = DyingOutbox(log, seed: 3, probability: 0.9)
        let transport = FakeTransport { request, _ in
            receiver.take(request.body)
            return .success(HTTPAnswer(status: 200))
        }
        let lines = KeptLog()
        let destination = try Setup.lines(
            DeliveryLimits(rowsPerRequest: 50, bytesPerRequest: 50_000, concurrentRequests: 1))
        let forwarder = Setup.forwarder(outbox, destination, transport, logger: lines.logger)
        let service = Task { await forwarder.run() }
        while await log.progress(of: "lines").sent < 500 { try await Task.sleep(for: .milliseconds(1)) }
        service.cancel()
        await service.value
        #expect(Set(receiver.arrivals).count == 500)
        #expect(receiver.changed == [])
        #expect(lines.texts.contains { $0.contains("outbox cannot be read or written") })
    }

    /// A backup that was put back: what is recorded then has numbers that were given before, and other ids.
    @Test func aBackupRepeatsNoID() {
        let before = RowID(file: Setup.file, epoch: 3, log: .outcome, number: 1_042)
        let after = RowID(file: Setup.file, epoch: 4, log: .outcome, number: 1_042)
        #expect(before.uuid != after.uuid)
        #expect(before.text != after.text)
        // Python: uuid.uuid5(uuid.UUID('01234567-89ab-4cef-8123-456789abcdef'), 'outcome-3-1042')
        #expect(before.uuid.uuidString.lowercased() == "dcd0541b-cff8-5235-9231-642c00043ac6")
        let exposure = RowID(file: Setup.file, epoch: 3, log: .exposure, number: 1_042)
        #expect(exposure.uuid != before.uuid)
    }
}

/// Dies when it is to commit: before, so that nothing is kept, or after, so that nobody hears of it.
private actor DyingOutbox: Outbox {
    struct Killed: Error {}

    private let log: MemoryOutbox
    private var random: SplitMix
    private let probability: Double

    init(_ log: MemoryOutbox, seed: UInt64, probability: Double = 0.3) {
        self.log = log
        self.probability = probability
        random = SplitMix(seed: seed)
    }

    func progress(of destination: DestinationName) async -> DeliveryProgress { await log.progress(of: destination) }

    func rows(after cursor: OutboxCursor, passing filter: EventFilter, limit: Int) async throws -> OutboxPage {
        if random.chance(probability / 10) { throw Killed() }
        return await log.rows(after: cursor, passing: filter, limit: limit)
    }

    func backlog(after cursor: OutboxCursor) async -> Backlog { await log.backlog(after: cursor) }

    func commit(_ step: DeliveryStep, of destination: DestinationName) async throws -> Bool {
        let isKilled = random.chance(probability)
        let isKept = random.chance(0.5)
        if isKilled, !isKept { throw Killed() }
        let isMoved = await log.commit(step, of: destination)
        if isKilled { throw Killed() }
        return isMoved
    }
}
