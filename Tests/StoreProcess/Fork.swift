import ExperimentStorage
import Experimentation
import Glibc
import TestSupport

/// A process that forks with an open store, as a server that was written for another model of processes might.
struct Fork {
    let path: String

    /// Ten records before and ten after; in between a child tries to record and to close.
    func run() throws {
        let store: ExperimentStore = try ExperimentStore.openBlocking(at: path, configuration: StoreProcess.quiet)
        for index in 0..<10 { try store.recordOutcomeBlocking(Shop.outcome("before\(index)", experiment: nil)) }
        let child = Self.fork()
        if child == 0 { inChild(store) }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        StoreProcess.require(status == 0, "the child ended with \(status)")
        for index in 0..<10 { try store.recordOutcomeBlocking(Shop.outcome("after\(index)", experiment: nil)) }
        store.closeBlocking()
    }

    private func inChild(_ store: ExperimentStore) -> Never {
        // A call that waits for threads which only the parent has would wait for ever.
        alarm(10)
        let isRecorded = (try? store.recordOutcomeBlocking(Shop.outcome("child", experiment: nil))) != nil
        store.closeBlocking()
        _exit(isRecorded ? 1 : 0)
    }

    /// Swift's Glibc hides fork(2), since little works in a child; that little is what is tested here.
    @_silgen_name("fork") private static func fork() -> pid_t
}
