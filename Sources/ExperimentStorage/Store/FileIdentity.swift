package import ExperimentDatabase

/// The identity of opened files, to notice when others lie at their path, or other content in them.
package struct FileIdentity {
    private var database: FileStatus
    private let writeAheadLog: FileStatus
    /// The log's index, in which every connection keeps its locks.
    private let index: FileStatus
    /// The database file's own change counter when it was last looked at.
    private var changeCounter: UInt32

    package init(_ path: DatabasePath, _ connection: borrowing Connection) throws {
        guard let database = FileStatus(path.file), let log = FileStatus(path.writeAheadLog),
            let index = FileStatus(path.logIndex)
        else {
            throw StorageFailure.damaged("the database or its log disappeared while it was opened")
        }
        self.database = database
        writeAheadLog = log
        self.index = index
        changeCounter = try connection.changeCounter()
    }

    /// Whether everything is where and what it was: three stat(2) calls and one fstat(2), about a microsecond
    /// each.
    ///
    /// In write-ahead mode only checkpoints write to the database file: it never shrinks, and when it was modified its
    /// change counter is at least what it was. A truncated file, or an older copy written over it, has less. Without the
    /// index that this connection has open, others would make another one and not see its locks.
    package mutating func isUnchanged(_ path: DatabasePath, _ connection: borrowing Connection) throws -> Bool {
        guard try !connection.hasMoved(), let database = FileStatus(path.file),
            let log = FileStatus(path.writeAheadLog), database.isSameFile(as: self.database),
            log.isSameFile(as: writeAheadLog), let index = FileStatus(path.logIndex), index.isSameFile(as: self.index),
            database.size >= self.database.size
        else { return false }
        if database.modifiedNanoseconds != self.database.modifiedNanoseconds {
            let counter = try connection.changeCounter()
            guard counter >= changeCounter else { return false }
            changeCounter = counter
        }
        self.database = database
        return true
    }
}
