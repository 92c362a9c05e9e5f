import ExperimentPlatform
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Making the file, by one process at a time.
enum DatabaseCreation {
    /// Makes the file when there is none, and removes what a process that was killed while it made one left behind.
    ///
    /// Whoever makes one holds the guard lock from before the temporary file is there until it is gone, so whatever
    /// such file the holder of the lock finds is nobody's.
    static func makeIfMissing(_ path: DatabasePath, permissions: UInt32) throws {
        guard isUnfinished(path) else { return }
        let lock = try FileLock.acquire(path.guardLock, permissions: permissions, waiting: 10_000)
        guard let lock else { throw StorageFailure.file("another process is writing to the database") }
        removeLeftovers(path)
        if FileStatus(path.file) == nil { try create(path, permissions: permissions, acceptingOthers: true) { _ in } }
        lock.release()
    }

    /// Makes a file that a body fills, whole or not at all; there may be none yet.
    static func make(
        _ path: DatabasePath, permissions: UInt32, filling body: (borrowing Connection) throws -> Void
    ) throws {
        let lock = try FileLock.acquire(path.guardLock, permissions: permissions, waiting: 10_000)
        guard let lock else { throw StorageFailure.file("another process is writing to the database") }
        removeLeftovers(path)
        try create(path, permissions: permissions, acceptingOthers: false, filling: body)
        lock.release()
    }

    /// A second name is what a process leaves that was killed between giving the real name and taking the first away.
    private static func isUnfinished(_ path: DatabasePath) -> Bool {
        guard let status = FileStatus(path.file) else { return true }
        return status.nameCount > 1
    }

    private static func temporaryPrefix(_ name: String) -> String { name + ".creating-" }

    private static func removeLeftovers(_ path: DatabasePath) {
        // Best effort: what cannot be removed is in nobody's way.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path.folder)) ?? []
        for name in names where name.utf8.starts(with: temporaryPrefix(path.name).utf8) {
            try? FilePath(path.folder).appending(name).removeName()
        }
    }

    /// Builds the file under a temporary name and links it into place, which never replaces what another program put
    /// there meanwhile; a rename would (eight openers at once lost rows that way).
    private static func create(
        _ path: DatabasePath, permissions: UInt32, acceptingOthers: Bool,
        filling body: (borrowing Connection) throws -> Void
    ) throws {
        let temporary = temporaryPrefix(path.file) + "\(ThisProcess.id)-\(UInt32.random(in: 0 ... .max))"
        let file = try SystemCall.explaining("the database cannot be created") {
            try FileDescriptor.open(
                FilePath(temporary), .readWrite, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
                permissions: FilePermissions(mode: permissions))
        }
        FileSystem.prepare(file, in: path.folder, permissions: permissions)
        try? file.close()
        defer { for suffix in ["", "-journal", "-wal", "-shm"] { try? FilePath(temporary + suffix).removeName() } }
        try build(temporary, filling: body)
        try DatabaseFile.sync(temporary)
        try SystemCall.explaining("the database cannot be created") {
            do { try FilePath(temporary).addName(FilePath(path.file)) } catch Errno.fileExists where acceptingOthers {}
        }
        try? FilePath(temporary).removeName()
        try DatabaseFile.sync(path.folder)
    }

    private static func build(_ temporary: String, filling body: (borrowing Connection) throws -> Void) throws {
        let connection = try Connection.open(temporary, .readWrite)
        try Migrator.migrate(connection)
        try body(connection)
        // Last, so that the file on its own, without a log beside it, is complete.
        try connection.useWriteAheadLog(.full)
    }
}
