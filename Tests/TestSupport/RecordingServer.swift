import Foundation
import Synchronization

/// Threads that record on a store until they are stopped; plain ones, since other tests may keep Swift's pool busy.
package final class RecordingServer: Sendable {
    /// The work of one call of a caller, which records something.
    package typealias Call = @Sendable (_ caller: Int, _ number: Int) throws -> Void

    package struct Account {
        /// Calls that returned without an error.
        package fileprivate(set) var acknowledged = 0
        package fileprivate(set) var errors: [String] = []
        fileprivate var running = 0
        fileprivate var isStopping = false
    }

    private let account = Mutex(Account())

    package init(callers: Int, _ call: @escaping Call) {
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
        do {
            try call(caller, number)
            account.withLock { $0.acknowledged += 1 }
        } catch {
            account.withLock { $0.errors.append("\(error)") }
        }
    }

    /// Waits for the last call of each thread.
    package func stop() -> Account {
        account.withLock { $0.isStopping = true }
        while account.withLock({ $0.running }) > 0 { Thread.sleep(forTimeInterval: 0.001) }
        return account.withLock { $0 }
    }
}
