import Dispatch
import ExperimentDatabase
import Experimentation
import Glibc
import Logging
import Synchronization

extension StoreCore {
    /// Runs work on the writer's queue, between batches.
    func perform<Value: Sendable>(
        _ work: @escaping @Sendable (StoreCore) throws(ExperimentError) -> Value
    ) async throws(ExperimentError) -> Value {
        guard !isForked else { throw Self.forked }
        let result = await withUnsafeContinuation { (continuation: UnsafeContinuation<Outcome<Value>, Never>) in
            queue.async { continuation.resume(returning: self.run(work)) }
        }
        return try result.get()
    }

    typealias Outcome<Value> = Result<Value, ExperimentError>

    private func run<Value>(_ work: (StoreCore) throws(ExperimentError) -> Value) -> Outcome<Value> {
        do throws(ExperimentError) { return .success(try work(self)) } catch { return .failure(error) }
    }

    /// Runs a change of the definitions and gives `assign` the new ones; on the writer's queue.
    func administer<Value: Sendable>(
        _ operation: String, _ body: @Sendable (borrowing Connection) throws -> Value
    ) throws(ExperimentError) -> Value {
        try owned.withLock { (owned) throws(ExperimentError) in
            guard var current = owned.take() else { throw Self.closed(to: operation) }
            let result: Outcome<Value>
            do throws(ExperimentError) {
                result = .success(try current.writer.administer(operation, body))
            } catch {
                result = .failure(error)
            }
            publish(&current)
            owned = consume current
            return result
        }.get()
    }

    /// Looks from time to time for definitions that another process changed, as long as the store is there.
    func lookForChangesLater() {
        let interval = DispatchTimeInterval.milliseconds(max(1, configuration.definitionRefresh.milliseconds))
        queue.asyncAfter(deadline: .now() + interval) { [weak self] in
            guard let self, self.lookForChanges() else { return }
            self.lookForChangesLater()
        }
    }

    /// Whether to look again.
    private func lookForChanges() -> Bool {
        owned.withLock { owned in
            guard var current = owned.take() else { return false }
            if current.isChangeDue || current.isUnsettled { settleSchedules(&current) }
            do {
                if try current.writer.refreshDefinitions() {
                    configuration.logger.info("definitions changed in another process")
                }
            } catch {
                configuration.logger.warning("definitions could not be read", metadata: ["reason": "\(error)"])
            }
            do { try current.writer.checkpointWhenIdle() } catch {
                configuration.logger.warning("a checkpoint failed", metadata: ["reason": "\(error)"])
            }
            publish(&current)
            owned = consume current
            return true
        }
    }

    /// Writes down what schedules have brought about; `assign` follows them in any case.
    private func settleSchedules(_ owned: inout Owned) {
        do throws(ExperimentError) {
            try owned.writer.administer("follow schedules") { connection in
                try Administration.settle(connection)
            }
        } catch {
            configuration.logger.warning("schedules could not be written down", metadata: ["reason": "\(error)"])
        }
    }

    /// Where backups are made.
    static let copies = DispatchQueue(label: "experiments.store.backup")

    /// Copies the file on a connection of its own.
    func backUp(to path: String) -> Outcome<Void> {
        do {
            let copy = try DatabasePath(path)
            return .success(try Backup.copy(self.path, to: copy))
        } catch {
            return .failure(ExperimentError(error, during: "back up"))
        }
    }

    /// How long closing goes on trying to write acknowledged records that cannot be written.
    private static let closingPatience = Duration.seconds(5)

    /// Refuses new records, writes those queued, empties the log and lets the file go; on the writer's queue.
    func close() {
        inbox.close(Self.closed)
        let deadline = ContinuousClock.now + Self.closingPatience
        while inbox.count > 0 {
            guard case .kept = drainOnce() else { continue }
            guard ContinuousClock.now < deadline else {
                giveUp([], Self.closed)
                break
            }
            usleep(100_000)
        }
        owned.withLock { owned in
            guard var current = owned.take() else { return }
            current.writer.finish()
            configuration.logger.info("closed", metadata: ["database": "\(path.name)"])
        }
    }
}
