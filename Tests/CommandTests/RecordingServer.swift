import ExperimentStorage
import Experimentation
import Foundation
import Glibc
import Synchronization

/// Threads that record on a store until they are stopped; plain ones, since other tests may keep Swift's pool busy.
final class RecordingServer: Sendable {
    /// What one call of a caller records.
    typealias Call = @Sendable (_ caller: Int, _ number: Int) throws(ExperimentError) -> Void

    struct Account {
        /// Calls that returned without an error.
        var acknowledged = 0
        var errors: [String] = []
        fileprivate var running = 0
        fileprivate var isStopping = false
    }

    private let account = Mutex(Account())

    init(callers: Int, _ call: @escaping Call) {
        account.withLock { $0.running = callers }
        for caller in 0..<callers {
            Thread.detachNewThread {
                var number = 0
                while !self.account.withLock({ $0.isStopping }) {
                    self.record(caller, number, call)
                    number += 1
                }
                self.account.withLock { $0.running -= 1 }
            }
        }
    }

    private func record(_ caller: Int, _ number: Int, _ call: Call) {
        do throws(ExperimentError) {
            try call(caller, number)
            account.withLock { $0.acknowledged += 1 }
        } catch {
            account.withLock { $0.errors.append("\(error)") }
        }
    }

    /// Waits for the last call of each thread.
    func stop() -> Account {
        account.withLock { $0.isStopping = true }
        while account.withLock({ $0.running }) > 0 { usleep(1_000) }
        return account.withLock { $0 }
    }
}
