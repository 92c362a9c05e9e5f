import Experimentation
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The result of sending a row: taken, refused with a reason, or withheld.
enum RowResult: Sendable, Hashable {
    case sent
    case refused(String)
    case withheld(Withholding)
}

/// Whether a destination ever took a row, so that a refusal says something about the rows.
final class Evidence: Sendable {
    private let flag: Mutex<Bool>

    init(_ isThere: Bool) {
        flag = Mutex(isThere)
    }

    var isThere: Bool { flag.withLock { $0 } }

    func add() { flag.withLock { $0 = true } }
}

/// Delivers the rows of one request, in as many requests as it takes.
///
/// At least once: a request without an answer may have been taken, and is sent again with the same ids. A request that is
/// refused is halved until the rows to blame are alone, the first half first, so that rows keep their order.
struct Delivery: Sendable {
    /// The way in which a delivery ended.
    enum End: Sendable, Hashable {
        case finished
        case stopped(DeliveryStop)
        case cancelled
    }

    struct Result: Sendable {
        /// The results of rows, by their index; a row that is missing has none.
        var rowResults: [Int: RowResult] = [:]
        var end = End.finished
        /// Requests that were sent for want of an answer to one before.
        var repeats = 0
        /// Rows that were refused alone, with a status that can be about anything.
        var refused: [Int] = []
        var refusedStatus = 0

        /// Takes back what was said of rows by a destination that never took one: it is not to be believed.
        mutating func disbelieve() {
            guard !refused.isEmpty else { return }
            for index in refused { rowResults[index] = nil }
            if end == .finished { end = .stopped(.refusesEverything(status: refusedStatus)) }
        }
    }

    let format: any EventFormat
    let transport: any Transport
    let backOff: BackOff
    let pace: Pace
    let time: Timekeeper
    /// The longest time to go on without any row being taken; nil for ever.
    let patience: Duration?
    let evidence: Evidence
    let metrics: ForwardingMetrics

    /// The number of rows that an unknown destination may refuse, and of further rows from all over the request, until
    /// it is taken to refuse everything.
    private static let probes = 16
    /// The number of times that a receiver may ask for single rows again while it takes others.
    private static let longestAgain = 20

    /// Rows that are sent together, and how often they were.
    private struct Part {
        var rows: ArraySlice<OutgoingRow>
        var attempt: DeliveryAttempt
    }

    /// The state in the midst of a delivery.
    private struct Run {
        /// Parts that are not resolved yet, the first of them last.
        var waiting: [Part]
        var result = Result()
        /// Time at which the destination last read rows, or at which the delivery began, in µs since 1970 UTC.
        var since: Int64
        var failures = 0
        /// Rows that the destination read: took, or refused by name.
        var read = 0
        var again = 0

        init(_ part: Part, since: Int64) {
            waiting = [part]
            self.since = since
        }
    }

    /// Sends rows until each is resolved, or until it is clear that none will be.
    func deliver(_ rows: [OutgoingRow]) async -> Result {
        var run = Run(part(of: rows[...]), since: time.now())
        while run.result.end == .finished, var part = run.waiting.popLast() {
            switch await send(&part) {
            case .taken(let exceptions, let retryAfter)?: await resolve(part, exceptions, retryAfter, &run)
            case .later(let retryAfter, let failure)?: await sendAgain(part, retryAfter, failure, &run)
            case .refused(let status, let reason)?: split(part.rows, status, reason, &run)
            case .tooLarge?: split(part.rows, 413, "too large for one request", &run)
            case .stopped(let stop)?: run.result.end = .stopped(stop)
            case nil: run.result.end = .cancelled
            }
        }
        return run.result
    }

    private func part(of rows: ArraySlice<OutgoingRow>) -> Part {
        Part(rows: rows, attempt: DeliveryAttempt(deliveryID: UUID(), atMicroseconds: time.now()))
    }

    /// Sends rows once.
    /// - Returns: What was answered; nil where the task was cancelled before it was their turn.
    private func send(_ part: inout Part) async -> DeliveryVerdict? {
        guard (try? await pace.turn()) != nil else { return nil }
        let sent = time.now()
        part.attempt.sentMicroseconds = sent
        var request = format.request(sending: part.rows.map(\.body), part.attempt)
        if format.limits.isCompressed { request.compress() }
        let answer = await answer(to: request)
        metrics.answered(microseconds: time.now() - sent)
        switch answer {
        case .success(let answer): return format.verdict(on: answer, to: part.rows.map(\.id))
        case .failure(let failure): return .later(retryAfter: nil, failure: failure)
        }
    }

    /// The answer to a request, for which a cancelled task waits, too: what is under way may be taken, and to know it
    /// spares a repeat.
    private func answer(to request: HTTPRequest) async -> Swift.Result<HTTPAnswer, TransportFailure> {
        await Task { [transport] in
            do throws(TransportFailure) {
                return .success(try await transport.send(request))
            } catch {
                return .failure(error)
            }
        }.value
    }

    /// Waits, and has rows sent again.
    private func sendAgain(
        _ part: Part, _ retryAfter: Duration?, _ failure: TransportFailure?, _ run: inout Run
    ) async {
        run.failures += 1
        let delay = backOff.delay(failures: run.failures, retryAfter: retryAfter, random: time.random())
        if let patience, .microseconds(time.now() - run.since) + delay > patience {
            run.result.end = .stopped(.unavailable(failure))
        } else if (try? await time.sleep(delay)) != nil {
            var part = part
            part.attempt.number += 1
            run.result.repeats += 1
            run.waiting.append(part)
        } else {
            run.result.end = .cancelled
        }
    }

    /// The rows of a request that was read.
    private func resolve(
        _ part: Part, _ exceptions: [RowID: RowVerdict], _ retryAfter: Duration?, _ run: inout Run
    ) async {
        var again: [OutgoingRow] = []
        for row in part.rows {
            switch exceptions[row.id] {
            case nil: run.result.rowResults[row.index] = .sent
            case .refused(let reason)?: run.result.rowResults[row.index] = .refused(withoutSecrets(reason))
            case .again?: again.append(row)
            }
        }
        if again.count < part.rows.count {
            run.read += part.rows.count - again.count
            evidence.add()
            run.since = time.now()
            run.failures = 0
        }
        guard !again.isEmpty else { return }
        run.again += 1
        // Where nothing else is read either it is the receiver's trouble, and its rows wait.
        if run.read > 0, run.again > Self.longestAgain {
            for row in again { run.result.rowResults[row.index] = .refused("it was asked for \(run.again) times") }
        } else {
            await sendAgain(Part(rows: again[...], attempt: part.attempt), retryAfter, nil, &run)
        }
    }

    // MARK: Refusals

    /// Halves rows that were refused together; one that is alone is to blame.
    private func split(_ rows: ArraySlice<OutgoingRow>, _ status: Int, _ reason: String, _ run: inout Run) {
        if rows.count > 1 {
            let middle = rows.startIndex + rows.count / 2
            run.waiting.append(part(of: rows[middle...]))
            run.waiting.append(part(of: rows[..<middle]))
        } else if let row = rows.first {
            run.result.rowResults[row.index] = .refused(withoutSecrets(reason))
            run.result.refused.append(row.index)
            run.result.refusedStatus = status
            if !evidence.isThere { doubt(&run) }
        }
    }

    /// Asks rows from all over the request next, once an unknown destination has refused some and read none, and gives up
    /// once it has refused those, too: an endpoint that is none is not asked a thousand times.
    private func doubt(_ run: inout Run) {
        if run.result.refused.count >= 2 * Self.probes {
            run.result.end = .stopped(.refusesEverything(status: run.result.refusedStatus))
        }
        guard run.result.refused.count == Self.probes else { return }
        let rest = run.waiting.reversed().flatMap(\.rows)
        var units: Set<UnitKey> = []
        // Only the first of a unit, which its others may follow.
        let first = rest.indices.filter { index in
            let isFirst = units.isDisjoint(with: rest[index].units)
            units.formUnion(rest[index].units)
            return isFirst
        }
        let stride = max(1, first.count / Self.probes)
        let sample = first.enumerated().filter { $0.offset % stride == stride - 1 }.map(\.element).suffix(Self.probes)
        let others = rest.indices.filter { !sample.contains($0) }.map { rest[$0] }
        run.waiting = others.isEmpty ? [] : [part(of: others[...])]
        run.waiting += sample.map { part(of: [rest[$0]]) }
    }

    /// A receiver's words as they may be kept.
    private func withoutSecrets(_ reason: String) -> String {
        var reason = reason
        for secret in format.secrets where !secret.text.isEmpty {
            reason = reason.replacing(secret.text, with: "(key)")
        }
        return String(decoding: reason.utf8.prefix(200), as: UTF8.self)
    }
}
