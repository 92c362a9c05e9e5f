import ExperimentStorage
import Experimentation
import SystemPackage
import TestSupport

/// A store on a disk that is full for a while; a limit on the size of files stands for the disk.
struct FullDisk {
    let path: String

    private func open(_ durability: StoreConfiguration.Durability) async throws -> ExperimentStore {
        var configuration = StoreProcess.quiet
        configuration.durability = durability
        return try await ExperimentStore.open(at: path, configuration: configuration)
    }

    /// Lets files grow by so many bytes beyond the log's size of now; nil takes the limit away.
    private func leave(_ bytes: Int64?) {
        do {
            let size = try Stat(FilePath(path + "-wal")).size
            try OwnProcess.limitFileSize(bytes.map { size + $0 })
        } catch {
            StoreProcess.fail("the limit cannot be set: \(error)")
        }
    }

    private func isRecorded(_ user: String, _ store: ExperimentStore) async -> Bool {
        do throws(ExperimentError) {
            try await store.recordOutcome(Shop.outcome(user, experiment: nil, metric: "m"))
            return true
        } catch {
            guard case .backend(let failure) = error, failure.isTransient else {
                StoreProcess.fail("not transient: \(error)")
            }
            return false
        }
    }

    /// A full disk is a transient error, and recording goes on when there is room again: 20 rows more than were
    /// acknowledged in the meantime, which is written to the path with `-count`.
    func fail() async throws {
        let store = try await open(.powerLoss)
        leave(40_000)
        var acknowledged = 0
        var failures = 0
        var index = 0
        while failures < 5 {
            if await isRecorded("user\(index)", store) { acknowledged += 1 } else { failures += 1 }
            index += 1
        }
        leave(nil)
        for index in 0..<20 {
            StoreProcess.require(await isRecorded("later\(index)", store), "recording did not go on")
        }
        await store.close()
        let file = try FileDescriptor.open(
            FilePath(path + "-count"), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll("\(acknowledged + 20)".utf8) }
    }

    /// Records that were acknowledged early outlast the full disk, and flush tells.
    func keepEnqueued() async throws {
        let store = try await open(.enqueued)
        leave(40_000)
        for index in 0..<3_000 { try await store.recordOutcome(Shop.outcome("user\(index)", experiment: nil)) }
        let isFlushed = (try? await store.flush()) != nil
        StoreProcess.require(!isFlushed, "flushed to a full disk")
        leave(nil)
        while (try? await store.flush()) == nil { try await Task.sleep(for: .milliseconds(10)) }
        await store.close()
    }

    /// Closing ends all the same, and what comes after is refused.
    func close() async throws {
        let store = try await open(.enqueued)
        leave(0)
        for index in 0..<3_000 { try await store.recordOutcome(Shop.outcome("user\(index)", experiment: nil)) }
        await store.close()
        let isFlushed = (try? await store.flush()) != nil
        StoreProcess.require(!isFlushed, "flushed after closing")
    }
}
