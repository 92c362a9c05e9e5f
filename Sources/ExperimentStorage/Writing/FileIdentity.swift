import ExperimentDatabase

/// Which files were opened, to notice when others lie at their path.
struct FileIdentity {
    private let database: FileStatus
    private let writeAheadLog: FileStatus

    init(_ path: DatabasePath) throws(SQLiteError) {
        guard let database = FileStatus(path.file), let log = FileStatus(path.writeAheadLog) else {
            throw SQLiteError(code: 0, message: "the database or its log disappeared while it was opened")
        }
        self.database = database
        writeAheadLog = log
    }

    /// Two stat(2) calls, about a microsecond each.
    func areStillThere(_ path: DatabasePath) -> Bool {
        guard let database = FileStatus(path.file), let log = FileStatus(path.writeAheadLog) else { return false }
        return database.isSameFile(as: self.database) && log.isSameFile(as: writeAheadLog)
    }
}
