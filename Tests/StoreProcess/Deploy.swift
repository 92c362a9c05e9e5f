import ExperimentStorage
import Experimentation
import Foundation
import Synchronization
import TestSupport

/// One process of a rolling deploy: it records beside the process before it, until it is itself replaced.
///
/// It says `SERVING` once a record is in the file. When standard input ends it goes on for as long as it drains, then
/// closes, and says `RECORDED` with the number of its records and the slowest hundredth of them in milliseconds. An error
/// that a caller saw ends it with 1.
struct Deploy {
    let path: String
    let drainSeconds: Double

    func run() throws {
        var configuration = StoreProcess.quiet
        configuration.whenOwned = .join
        configuration.ownerWait = .seconds(10)
        let store: ExperimentStore = try ExperimentStore.openBlocking(at: path, configuration: configuration)
        let process = ProcessInfo.processInfo.processIdentifier
        let durations = Mutex<[Duration]>([])
        try store.recordOutcomeBlocking(Self.outcome("\(process)-first"))
        let server = RecordingServer(callers: 4) { caller, number in
            let duration = try ContinuousClock().measure {
                try store.recordOutcomeBlocking(Self.outcome("\(process)-\(caller)-\(number)"))
            }
            durations.withLock { $0.append(duration) }
            Thread.sleep(forTimeInterval: 0.002)
        }
        print("SERVING")
        fflush(nil)
        while readLine() != nil {}
        Thread.sleep(forTimeInterval: drainSeconds)
        let account = server.stop()
        store.closeBlocking()
        StoreProcess.require(account.errors.isEmpty, "\(account.errors.count) errors: \(account.errors.prefix(3))")
        let sorted = durations.withLock { $0.sorted() }
        let slow = sorted.isEmpty ? .zero : sorted[(sorted.count - 1) * 99 / 100]
        print("RECORDED \(account.acknowledged + 1) \(slow / .milliseconds(1))")
    }

    private static func outcome(_ id: String) -> OutcomeRecord {
        OutcomeRecord(
            experiment: nil, metric: "order", value: .bool(true), userID: "ada", timestamp: Date(), id: id)
    }
}
