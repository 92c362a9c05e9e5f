import ExperimentDatabase
import Experimentation

/// A writing connection of a process that is not the file's owner.
///
/// Each of its write transactions holds the guard lock, so that none overlaps a checkpoint of the owner's, and it
/// checkpoints only while nobody owns the file.
struct GuestConnection: ~Copyable {
    private static let patience = 10_000
    private static let checkpointFrames = 4_096

    let path: DatabasePath
    let connection: Connection
    private let permissions: UInt32

    init(_ path: DatabasePath, creating isCreating: Bool, permissions: UInt32) throws(SQLiteError) {
        connection = try DatabaseFile.openForWriting(
            path, creating: isCreating, permissions: permissions, synchronous: .full)
        self.path = path
        self.permissions = permissions
        // What a crash left in the log may not be on the disk, as with the owner; best effort, as there.
        if FileStatus(path.writeAheadLog)?.size ?? 0 > 0 { try? checkpointIfUnowned() }
    }

    /// Takes the guard lock, to be held from before a transaction begins until after it ended.
    func takeGuard() throws(SQLiteError) -> FileLock {
        let lock = try FileLock.acquire(path.guardLock, permissions: permissions, waiting: Self.patience)
        guard let lock else { throw SQLiteError(code: 0, message: "another tool is writing to the database") }
        return lock
    }

    /// Runs a change in a transaction of its own.
    func administer<Value>(
        _ operation: String, _ body: (borrowing Connection) throws(WriteError) -> Value
    ) throws(ExperimentError) -> Value {
        do throws(WriteError) {
            let lock = try database { () throws(SQLiteError) in try takeGuard() }
            let value = try body(connection)
            lock.release()
            return value
        } catch {
            throw error.experimentError(operation)
        }
    }

    /// Whether a server owns the file at this moment.
    func hasOwner() throws(SQLiteError) -> Bool {
        try FileLock.holding(path.ownerLock, permissions: permissions, waiting: 0) { () throws(SQLiteError) in } == nil
    }

    /// Copies the log into the file when it is long and nobody owns the file, who would do it.
    func checkpointIfLong() throws(SQLiteError) {
        guard connection.walFrames > Self.checkpointFrames else { return }
        try checkpointIfUnowned()
    }

    /// Copies the log into the file when nobody owns it, and empties the log; not while somebody else writes.
    func checkpointIfUnowned() throws(SQLiteError) {
        _ = try FileLock.holding(path.ownerLock, permissions: permissions, waiting: 0) { () throws(SQLiteError) in
            _ = try FileLock.holding(path.guardLock, permissions: permissions, waiting: 250) {
                () throws(SQLiteError) in
                try connection.checkpoint(.truncate, busyTimeout: 250)
            }
        }
    }
}
