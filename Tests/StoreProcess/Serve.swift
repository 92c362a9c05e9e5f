import ExperimentStorage
import Experimentation
import TestSupport

/// A server whose callers record without a pause for breath, until standard input ends.
///
/// It says `SERVING` once it records, and at its end `RECORDED` with the number of its callers' rounds, each of which is an
/// exposure and two outcomes after it. An error that a caller saw ends it with 1.
struct Serve {
    let path: String
    let callers: Int

    func run() throws {
        var configuration = StoreProcess.quiet
        configuration.checkpointPages = 50
        let store: ExperimentStore = try ExperimentStore.openBlocking(at: path, configuration: configuration)
        let server = RecordingServer(callers: callers) { caller, number in
            let round = Shop.round(number, of: caller)
            try store.recordExposureBlocking(round.shown)
            for outcome in round.measured { try store.recordOutcomeBlocking(outcome) }
            blockThread(for: .milliseconds(50))
        }
        print("SERVING")
        OwnProcess.flushOutput()
        while readLine() != nil {}
        let account = server.stop()
        store.closeBlocking()
        StoreProcess.require(account.errors.isEmpty, "\(account.errors.count) errors: \(account.errors.prefix(3))")
        print("RECORDED \(account.acknowledged)")
    }
}
