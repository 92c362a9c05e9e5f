package import Experimentation

/// A writing connection of a process that is not the file's owner.
///
/// Each of its write transactions holds the guard lock, so that none overlaps a checkpoint of the owner's, and it
/// checkpoints only while nobody owns the file.
package struct ToolConnection: ~Copyable {
    private static let patience = 10_000
    private static let checkpointFrames = 4_096

    package let path: DatabasePath
    package let connection: Connection
    private let permissions: UInt32

    package init(_ path: DatabasePath, creating isCreating: Bool, permissions: UInt32) throws {
        connection = try DatabaseFile.openForWriting(
            path, creating: isCreating, permissions: permissions, synchronous: .full)
        self.path = path
        self.permissions = permissions
        // What a crash left in the log may not be on the disk, as with the owner; best effort, as there.
        if FileStatus(path.writeAheadLog)?.size ?? 0 > 0 { try? checkpointIfUnowned() }
    }

    /// Takes the guard lock, to be held from before a transaction begins until after it ended.
    package func takeGuard() throws -> FileLock {
        let lock = try FileLock.acquire(path.guardLock, permissions: permissions, waiting: Self.patience)
        guard let lock else { throw StorageFailure.damaged("another tool is writing to the database") }
        try checkSharesIndex()
        return lock
    }

    /// The text in the owner's lock that names the log's index which the owner has open.
    package static func note(ofIndex status: FileStatus) -> String { "index \(status.identity)" }

    /// Refuses to write beside a server that has another index of the log open.
    ///
    /// Both keep their locks in the index. Where somebody deleted the server's, SQLite made this connection a new one, and
    /// what either wrote would be lost.
    package func checkSharesIndex() throws {
        let notes = FileLock.lines(path.ownerLock).filter { $0.hasPrefix("index ") }
        // A connection that has not read yet has not made one anew either.
        let present = FileStatus(path.logIndex).map { Self.note(ofIndex: $0) }
        guard let note = notes.last, note != present, try hasOwner() else { return }
        throw StorageFailure.lost(
            "the -shm beside the database is not the one that \(FileLock.label(path.ownerLock)), which owns it, has open: "
                + "somebody deleted it, so nothing can be written beside that server; restart the server")
    }

    /// Runs a change in a transaction of its own.
    package func administer<Value>(
        _ operation: String, _ body: (borrowing Connection) throws -> Value
    ) throws(ExperimentError) -> Value {
        try translating(operation) {
            let lock = try takeGuard()
            let value = try body(connection)
            lock.release()
            return value
        }
    }

    /// Whether a server owns the file at this moment.
    package func hasOwner() throws -> Bool {
        try FileLock.isHeld(path.ownerLock, permissions: permissions)
    }

    /// Copies the log into the file when it is long and nobody owns the file, who would do it.
    package func checkpointIfLong() throws {
        guard connection.walFrames > Self.checkpointFrames else { return }
        try checkpointIfUnowned()
    }

    /// Copies the log into the file when nobody owns it, and empties the log; not while somebody else writes.
    package func checkpointIfUnowned() throws { _ = try emptyLogIfUnowned() }

    /// Copies the log likewise, and tells whether the log is empty now.
    package func emptyLogIfUnowned() throws -> Bool {
        let ownership = try FileLock.acquire(path.ownerLock, permissions: permissions, waiting: 0)
        guard let ownership else { return false }
        var isEmpty = false
        if let lock = try FileLock.acquire(path.guardLock, permissions: permissions, waiting: 250) {
            isEmpty = try connection.checkpoint(.truncate, busyTimeout: 250)
            lock.release()
        }
        ownership.release()
        return isEmpty
    }
}
