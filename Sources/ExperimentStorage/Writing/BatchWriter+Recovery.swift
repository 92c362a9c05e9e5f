import ExperimentDatabase
import Experimentation
import Glibc

extension BatchWriter {
    /// An I/O error at a commit leaves it open whether the batch is in the file.
    ///
    /// A fresh connection reads the watermark. Either the batch is there, and is copied out of the log whose flush may
    /// have failed before anybody is told; or it is not, and is written once more over the same place of the log. Two
    /// flushes that fail one after the other stop the writer.
    mutating func recover(_ records: [Inbox.Pending], from error: StorageFailure) -> Outcome {
        var failure = error
        for isLast in [false, true] {
            if failure.isFailedFlush { failedFlushes += 1 }
            guard failedFlushes < 2 else { return .stopped(stop(failure)) }
            switch reopen() {
            case .failure(let error): return .stopped(stop(error))
            case .success(true): return copyOut() ? settle() : .stopped(stop(failure))
            case .success(false): break
            }
            if isLast { break }
            guard let next = attempt(records) else { return settle() }
            guard next.leavesOutcomeUnknown else { return fail(next) }
            failure = next
        }
        // It is known now that nothing of the batch is in the file.
        return .failed(ExperimentError(failure, during: "record", isTransient: true))
    }

    /// Changes to a fresh connection, and tells whether the batch is in the file; tries for five seconds.
    private mutating func reopen() -> Result<Bool, StorageFailure> {
        var result = tryToReopen()
        for _ in 0..<50 {
            // What SQLite does not say will not change in seconds, nor does a damaged file heal.
            guard case .failure(.sqlite(let error)) = result, !error.isCorruption else { break }
            usleep(100_000)
            result = tryToReopen()
        }
        return result
    }

    /// The old connection is closed last: it keeps the log's index in memory, so the new one needs no recovery and
    /// no room on a full disk.
    private mutating func tryToReopen() -> Result<Bool, StorageFailure> {
        do {
            let before = definitions
            session = try Self.open(path, configuration, creating: false)
            session.rows.keep(before)
            return .success(try session.lastBatch(of: identity) == batch)
        } catch {
            return .failure(StorageFailure(error))
        }
    }

    private mutating func copyOut() -> Bool {
        (try? checkpointer.empty(session.connection, waiting: 5_000)) ?? false
    }
}
