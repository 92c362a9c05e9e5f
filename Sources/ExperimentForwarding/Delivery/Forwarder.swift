import ExperimentJSON
import Experimentation
package import Logging
package import Metrics

/// Sends what is recorded to one destination, from where it stopped the last time.
///
/// At least once: the place among the rows moves on only when the destination has taken, or refused, everything before it.
/// Rows of a log and of a user or a session arrive in the order in which they were recorded, and an exposure before the outcomes
/// of its unit that were recorded after it was durable; the later of two is not sent before the earlier one was taken, unless the
/// destination itself asks for the earlier one again.
public struct Forwarder: Sendable {
    /// The times for which a forwarder waits.
    public struct Options: Sendable {
        /// The longest time that ``Forwarder/drain()`` goes on without any row being taken.
        public var patience: Duration = .seconds(120)
        /// The time that ``Forwarder/run()`` waits before it looks for new rows.
        public var pollInterval: Duration = .seconds(1)
        /// The time that ``Forwarder/run()`` waits after the destination refused its key or everything, say.
        public var stopInterval: Duration = .seconds(300)
        package var backOff = BackOff()

        /// The options by default.
        public init() {}
    }

    private let outbox: any Outbox
    private let destination: Destination
    private let format: any EventFormat
    private let disclosure: Disclosure
    private let transport: any Transport
    private let options: Options
    private let time: Timekeeper
    private let pace: Pace
    private let logger: Logger
    private let metrics: ForwardingMetrics

    package init(
        from outbox: any Outbox, to destination: Destination, through transport: any Transport,
        options: Options = Options(), logger: Logger, metrics: any MetricsFactory = MetricsSystem.factory,
        time: Timekeeper = .system
    ) {
        self.outbox = outbox
        self.destination = destination
        format = destination.receiver.format
        disclosure = Disclosure(destination.attributes, idKey: destination.idKey)
        self.transport = transport
        self.options = options
        self.time = time
        pace = Pace(requestsPerSecond: format.limits.requestsPerSecond, time)
        var logger = logger
        logger[metadataKey: "destination"] = "\(destination.name)"
        self.logger = logger
        self.metrics = ForwardingMetrics(destination.name, metrics)
    }

    /// Sends everything that is recorded when it begins, and ends.
    /// - Returns: What was done; where it says ``DrainReport/stop``, the rest stays for the next time.
    /// - Throws: What the outbox throws: nothing that was taken is lost, some of it may be sent again.
    public func drain() async throws -> DrainReport {
        var state = State(try await outbox.progress(of: destination.name))
        let end = try await outbox.backlog(after: state.progress.cursor).end
        var round = RoundEnd.finished
        while round == .finished, !state.progress.cursor.isAtOrPast(end), !Task.isCancelled {
            round = try await self.round(&state, patience: options.patience)
        }
        state.report.lag = try await outbox.backlog(after: state.progress.cursor)
        state.report.alarm = state.progress.alarm
        if case .stopped(let stop) = round { state.report.stop = stop }
        return state.report
    }

    /// Sends what is recorded until its task is cancelled: a service beside the store.
    ///
    /// The forwarder never gives up: a destination that is away, a full disk and a refused key are logged once, and tried again.
    public func run() async {
        var failures = 0
        while !Task.isCancelled {
            do {
                var state = State(try await outbox.progress(of: destination.name))
                failures = 0
                try await serve(&state)
            } catch is CancellationError {
                return
            } catch {
                failures += 1
                if failures == 1 { logger.error("the outbox cannot be read or written; trying again") }
                let delay = options.backOff.delay(failures: failures, retryAfter: nil, random: time.random())
                guard (try? await time.sleep(delay)) != nil else { return }
            }
        }
    }

    private func serve(_ state: inout State) async throws {
        while !Task.isCancelled {
            switch try await round(&state, patience: options.patience) {
            case .finished: break
            case .empty: try await time.sleep(options.pollInterval)
            case .cancelled: return
            case .stopped(.movedByAnother):
                logger.warning("\(DeliveryStop.movedByAnother)")
                try await time.sleep(options.stopInterval)
                return
            // Read anew then: what was erased meanwhile is not sent.
            case .stopped(.unavailable): try await time.sleep(options.backOff.limit)
            case .stopped: try await time.sleep(options.stopInterval)
            }
        }
    }

    /// The state of the destination: counts of its rows, the rows that wait, and what to look into.
    public func status() async throws -> DeliveryStatus {
        let progress = try await outbox.progress(of: destination.name)
        return DeliveryStatus(
            destination.name, progress, lag: try await outbox.backlog(after: progress.cursor),
            mayCountRepeats: !format.knowsRepeats)
    }

    /// Moves the destination past everything that is recorded by now.
    /// - Returns: The rows that are not sent.
    func skip() async throws -> Int64 {
        while true {
            let progress = try await outbox.progress(of: destination.name)
            _ = try await outbox.rows(after: progress.cursor, passing: destination.filter, limit: 1)
            let backlog = try await outbox.backlog(after: progress.cursor)
            let step = DeliveryStep(from: progress.cursor, to: backlog.end, atMicroseconds: time.now())
            if try await outbox.commit(step, of: destination.name) { return backlog.rows }
        }
    }

    // MARK: A round

    /// The state that a forwarder remembers between rounds.
    private struct State {
        var progress: DeliveryProgress
        var noted: Set<DeliveryNote>
        var lag = LagMonitor()
        var report = DrainReport()
        let evidence: Evidence

        init(_ progress: DeliveryProgress) {
            self.progress = progress
            noted = Set(progress.notes)
            evidence = Evidence(progress.sent > 0)
        }
    }

    private enum RoundEnd: Hashable {
        case finished
        case empty
        case cancelled
        case stopped(DeliveryStop)
    }

    /// Reads rows and sends them, in waves, and moves on after each.
    private func round(_ state: inout State, patience: Duration?) async throws -> RoundEnd {
        let limits = format.limits
        let page = try await outbox.rows(
            after: state.progress.cursor, passing: destination.filter,
            limit: limits.rowsPerRequest * limits.concurrentRequests)
        guard page.end != state.progress.cursor else { return .empty }
        var batch = RoundRows(page)
        var rows = write(&batch, &state)
        var end = Delivery.End.finished
        var isMoved = try await move(&state, &batch, end, repeats: 0)
        while !rows.isEmpty, end == .finished, isMoved {
            let wave = BatchCutter(limits: limits).wave(from: &rows)
            let delivery = Delivery(
                format: format, transport: transport, backOff: options.backOff, pace: pace, time: time,
                patience: patience, evidence: state.evidence, metrics: metrics)
            var results = await withTaskGroup(of: Delivery.Result.self) { group in
                for request in wave { group.addTask { await delivery.deliver(request) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for index in results.indices where !state.evidence.isThere { results[index].disbelieve() }
            for result in results {
                for (index, row) in result.rowResults { batch.rowResults[index] = row }
                if case .finished = end { end = result.end }
            }
            isMoved = try await move(&state, &batch, end, repeats: results.reduce(0) { $0 + $1.repeats })
        }
        guard isMoved else { return .stopped(.movedByAnother) }
        switch end {
        case .finished: return .finished
        case .cancelled: return .cancelled
        case .stopped(let stop): return .stopped(stop)
        }
    }

    /// Makes requests' parts of rows; those that stay are resolved by that.
    private func write(_ batch: inout RoundRows, _ state: inout State) -> [OutgoingRow] {
        var outgoing: [OutgoingRow] = []
        outgoing.reserveCapacity(batch.rows.count)
        for (index, row) in batch.rows.enumerated() {
            if let reason = destination.filter.withholding(row) {
                batch.rowResults[index] = .withheld(reason)
                continue
            }
            let event = disclosure.disclosed(row)
            var json = JSONWriter(capacity: 512)
            if let reason = format.write(event, to: &json, noting: &batch.notes) {
                batch.rowResults[index] = .withheld(reason)
            } else {
                outgoing.append(OutgoingRow(index: index, id: row.id, body: json.bytes, units: event.units))
            }
        }
        batch.notes.subtract(state.noted)
        return outgoing
    }

    /// Keeps what was resolved from the front on.
    /// - Returns: Whether the destination is still where it was left.
    private func move(
        _ state: inout State, _ batch: inout RoundRows, _ end: Delivery.End, repeats: Int
    ) async throws -> Bool {
        var step = batch.step(from: state.progress.cursor, at: time.now())
        let backlog = try await outbox.backlog(after: step.end)
        let lagAlarm = state.lag.alarm(rows: backlog.rows, at: step.atMicroseconds)
        step.alarm = alarm(end, step, state.progress.alarm) ?? lagAlarm
        // Nothing is written for nothing.
        guard step.end != step.start || step.alarm != state.progress.alarm else { return true }
        guard try await outbox.commit(step, of: destination.name) else { return false }
        say(step, before: state.progress)
        metrics.stepped(step, repeats: repeats, backlog)
        state.noted.formUnion(step.notes)
        state.report.take(step, repeats: repeats)
        state.progress.take(step)
        return true
    }

    /// The number of rows that a destination refuses in a step, and takes none, from which on somebody should look.
    private static let manyRefusals = 100

    /// Whether the destination is stopped, which it is until it takes or refuses a row again, or refuses whatever comes.
    private func alarm(_ end: Delivery.End, _ step: DeliveryStep, _ before: DeliveryAlarm?) -> DeliveryAlarm? {
        if case .stopped(let stop) = end { return .stopped(stop) }
        if step.sent == 0, step.refused.count >= Self.manyRefusals { return .refuses(rows: step.refused.count) }
        guard step.sent == 0 else { return nil }
        switch before {
        case .stopped?: return step.refused.isEmpty ? before : nil
        case .refuses?: return before
        case .lagGrows?, nil: return nil
        }
    }

    /// Logs what was not known before; no ids, no values, no words of the destination's.
    private func say(_ step: DeliveryStep, before: DeliveryProgress) {
        for note in step.notes { logger.notice("\(note)") }
        if !step.refused.isEmpty {
            logger.warning("rows were refused", metadata: ["rows": "\(step.refused.count)"])
        }
        guard step.alarm != before.alarm else { return }
        if let alarm = step.alarm { logger.error("\(alarm)") } else { logger.notice("all is well again") }
    }
}

extension DisclosedEvent {
    fileprivate var units: [UnitKey] {
        var units: [UnitKey] = []
        if let userID { units.append(.user(userID)) }
        if let sessionID { units.append(.session(sessionID)) }
        return units
    }
}
