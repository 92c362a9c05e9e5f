import DequeModule
import ExperimentDatabase
import ExperimentPlatform
import Experimentation
import Logging

/// The file, and the lock that makes this process its owner.
struct OwnedFile: ~Copyable {
    var writer: BatchWriter
    /// Nil while another process owns the file.
    var lock: FileLock?
    var definitions: CurrentDefinitions

    mutating func tryOut() -> BatchResult? { writer.tryOut(&definitions) }

    mutating func write(_ batch: Deque<QueuedRecord>) -> BatchResult { writer.write(batch, &definitions) }

    /// Owns the file, once the process that owned it has left.
    mutating func takeOver(_ lock: consuming FileLock, of path: DatabasePath) throws {
        self.lock = consume lock
        noteIndex(path)
        try writer.becomeOwner()
    }

    /// Says which index of the log this process has open, so that a tool never writes by another one.
    private func noteIndex(_ path: DatabasePath) {
        if let index = FileStatus(path.logIndex) { lock?.note(ToolConnection.note(ofIndex: index)) }
    }

    mutating func refreshDefinitions() throws -> Bool { try writer.refresh(&definitions) }

    mutating func administer<Value>(
        _ operation: String, _ body: (borrowing Connection) throws -> Value
    ) throws(ExperimentError) -> Value {
        try writer.administer(operation, &definitions, body)
    }

    /// Opens the file as its owner, or beside its owner where that is asked for.
    static func open(
        _ path: DatabasePath, _ configuration: StoreConfiguration, _ metrics: StoreMetrics
    ) throws -> OwnedFile {
        if configuration.whenOwned == .join {
            if let lock = try ownerLock(path, configuration, waiting: 0) {
                return try file(path, configuration, metrics, consume lock)
            }
            // Of an older schema it can only be had once its owner has left.
            if try DatabaseFile.isOfThisSchema(path) {
                configuration.logger.notice(
                    "recording beside the process that owns the file, until that has left",
                    metadata: ["database": "\(path.file)", "owner": "\(FileLock.label(path.ownerLock))"])
                return try file(path, configuration, metrics, nil)
            }
        }
        let lock = try ownerLock(path, configuration, waiting: configuration.ownerWait.milliseconds)
        if let lock { return try file(path, configuration, metrics, consume lock) }
        let owner = FileLock.label(path.ownerLock)
        throw ExperimentError.backend(
            BackendFailure(
                operation: "open", message: "the database is owned by \(owner); one server at a time writes a file",
                isTransient: true, reason: .owned))
    }

    private static func file(
        _ path: DatabasePath, _ configuration: StoreConfiguration, _ metrics: StoreMetrics,
        _ lock: consuming FileLock?
    ) throws -> OwnedFile {
        let isOwner = lock != nil
        let writer = try BatchWriter(path, configuration, metrics, isOwner: isOwner)
        let definitions = try writer.readDefinitions()
        let file = OwnedFile(writer: writer, lock: lock, definitions: definitions)
        file.noteIndex(path)
        return file
    }

    static func ownerLock(
        _ path: DatabasePath, _ configuration: StoreConfiguration, waiting milliseconds: Int
    ) throws -> FileLock? {
        try FileLock.acquire(
            path.ownerLock, permissions: configuration.filePermissions, waiting: milliseconds,
            label: ThisProcess.name)
    }
}
