import ExperimentStorage
import Experimentation
import TestSupport

/// A process that forks with an open store, as a server that was written for another model of processes might.
struct Fork {
    let path: String

    /// Ten records before and ten after; in between a child tries to record and to close.
    func run() throws {
        let store: ExperimentStore = try ExperimentStore.openBlocking(at: path, configuration: StoreProcess.quiet)
        for index in 0..<10 { try store.recordOutcomeBlocking(Shop.outcome("before\(index)", experiment: nil)) }
        let child = ChildProcess.split()
        if child == 0 { inChild(store) }
        let code = try ChildProcess.wait(for: child)
        StoreProcess.require(code == 0, "the child ended with \(code)")
        for index in 0..<10 { try store.recordOutcomeBlocking(Shop.outcome("after\(index)", experiment: nil)) }
        store.closeBlocking()
    }

    private func inChild(_ store: ExperimentStore) -> Never {
        // A call that waits for threads which only the parent has would wait for ever.
        OwnProcess.end(afterSeconds: 10)
        let isRecorded = (try? store.recordOutcomeBlocking(Shop.outcome("child", experiment: nil))) != nil
        store.closeBlocking()
        OwnProcess.vanish(isRecorded ? 1 : 0)
    }
}
