import ExperimentDatabase
import Foundation
import TestSupport
import Testing

@Suite("Locks beside the file, and where a file can be")
struct FileLockTests {
    let folder = TemporaryFolder()

    private func isFree() throws -> Bool {
        try !FileLock.isHeld(folder.file("lock"), permissions: 0o600)
    }

    @Test("a lock has one holder, says who, and is free when the holder lets go")
    func exclusive() throws {
        let lock = try FileLock.acquire(folder.file("lock"), permissions: 0o600, waiting: 0, label: "shop")
        let isHeld = lock != nil
        #expect(isHeld)
        #expect(try !isFree())
        #expect(FileLock.label(folder.file("lock")) == "shop")
        lock?.release()
        #expect(try isFree())
    }

    @Test("whoever waits gets the lock when the holder leaves")
    func waiting() async throws {
        let path = folder.file("lock")
        let lock = try FileLock.acquire(path, permissions: 0o600, waiting: 0)
        async let waiter = Task.detached {
            let lock = try FileLock.acquire(path, permissions: 0o600, waiting: 20_000)
            let isHeld = lock != nil
            lock?.release()
            return isHeld
        }.value
        lock?.release()
        #expect(try await waiter)
    }

    private func lockAndFail() throws {
        let lock = try FileLock.acquire(folder.file("lock"), permissions: 0o600, waiting: 0)
        guard lock == nil else { throw StorageFailure.file("no") }
    }

    @Test("whoever fails while holding the lock leaves it free")
    func throwing() throws {
        #expect(throws: StorageFailure.file("no")) { try lockAndFail() }
        #expect(try isFree())
    }

    @Test("a lock's file has the mode asked for, and is never found through a symbolic link")
    func file() throws {
        _ = try FileLock.acquire(folder.file("lock"), permissions: 0o666, waiting: 0)
        #expect(try Files.permissions(folder.file("lock")) == 0o666)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"), withDestinationPath: folder.file("lock"))
        #expect(throws: StorageFailure.self) {
            _ = try FileLock.acquire(folder.file("link"), permissions: 0o600, waiting: 0)
        }
    }

    @Test("file systems of the network are known by their type, a local one is none")
    func network() {
        #expect(FileSystem.network(ofType: 0x6969) == "NFS")
        #expect(FileSystem.network(ofType: 0xff53_4d42) == "CIFS")
        #expect(FileSystem.network(ofType: 0x6573_5546) == "FUSE")
        for local: UInt32 in [0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994, 0x794c_7630, 0] {
            #expect(FileSystem.network(ofType: local) == nil)
        }
    }
}
