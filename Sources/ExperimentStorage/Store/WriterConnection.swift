import ExperimentDatabase
import ExperimentDefinitions
import Experimentation
import Logging

/// One open connection for writing, with everything prepared on it.
struct WriterConnection: ~Copyable {
    private static let insertWatermark = "INSERT INTO writer (writer, batch) VALUES (?1, 0)"
    private static let setWatermark = "UPDATE writer SET batch = ?2 WHERE writer = ?1"
    private static let readWatermark = "SELECT batch FROM writer WHERE writer = ?1"

    let connection: Connection
    var rows: RowWriter
    /// The identity of the files that the connection has open.
    private var files: FileIdentity
    private let beginStatement: Statement
    private let commitStatement: Statement
    private let watermark: Statement

    private init(_ connection: consuming Connection, _ path: DatabasePath) throws {
        let rows = try RowWriter(connection)
        // The first read makes the log's file if there was none.
        _ = try VersionTable.current(connection)
        let files = try FileIdentity(path, connection)
        let begin = try connection.prepare(Transaction.Kind.immediate.rawValue)
        let commit = try connection.prepare("COMMIT")
        let watermark = try connection.prepare(Self.setWatermark)
        self.connection = connection
        self.files = files
        self.rows = rows
        beginStatement = begin
        commitStatement = commit
        self.watermark = watermark
    }

    /// Registers a writer beside the owner's.
    func register(_ writer: Int64) throws {
        let transaction = try connection.begin()
        try connection.run(Self.insertWatermark, writer)
        try transaction.commit()
    }

    /// Registers the owner's writer, unless it is registered; the owner is alone, so rows of earlier owners are only
    /// history and go.
    func registerAlone(_ writer: Int64) throws {
        let transaction = try connection.begin()
        try connection.run("DELETE FROM writer WHERE writer <> ?1", writer)
        try connection.run(Self.insertWatermark + " ON CONFLICT DO NOTHING", writer)
        try transaction.commit()
    }

    /// The number of the last batch of a writer that is in the file.
    func lastBatch(of writer: Int64) throws -> Int64? {
        let statement = try connection.query(Self.readWatermark, writer)
        return try statement.step() ? statement.int64(0) : nil
    }

    func begin() throws {
        try beginStatement.run()
    }

    /// Commits a batch together with the mark that it is in the file.
    func commit(_ batch: Int64, of writer: Int64, isOwner: Bool) throws {
        try watermark.bind(writer, at: 1)
        try watermark.bind(batch, at: 2)
        try watermark.run()
        if connection.changes == 0 {
            // Nobody but the next owner removes the mark. The owner before it has to stop; who writes beside an owner,
            // whichever that is, goes on.
            guard !isOwner else { throw StorageFailure.takenOver }
            try connection.run(Self.insertWatermark, writer)
            try connection.run(Self.setWatermark, writer, batch)
        }
        try commitStatement.run()
    }

    /// Whether the files at the path are still those this connection has open; when nobody can tell, they are not.
    mutating func isInPlace(_ path: DatabasePath) -> Bool {
        (try? files.isUnchanged(path, connection)) ?? false
    }

    mutating func rollBack() {
        connection.rollBack()
        rows.forget()
    }
}

// MARK: Opening

extension WriterConnection {
    /// The lock that every writer holds that is not the owner, from before a transaction until after it.
    static func guardLock(_ path: DatabasePath, _ configuration: StoreConfiguration) throws -> FileLock {
        let lock = try FileLock.acquire(path.guardLock, permissions: configuration.filePermissions, waiting: patience)
        guard let lock else {
            throw ExperimentError.backend(
                BackendFailure(
                    operation: "record", message: "another process is writing to the database", isTransient: true))
        }
        return lock
    }

    /// The longest time that a process that joined the file's owner waits for others who write, in milliseconds.
    private static let patience = 5_000

    /// Opens the file for writing, and says it where the file was brought to this library's schema.
    static func open(
        _ path: DatabasePath, _ configuration: StoreConfiguration, creating: Bool, isOwner: Bool
    ) throws -> WriterConnection {
        let connection = try DatabaseFile.openForWriting(
            path, creating: creating, permissions: configuration.filePermissions,
            synchronous: configuration.durability == .processCrash ? .normal : .full, isOwner: isOwner
        ) { upgrade in
            configuration.logger.notice("upgraded", metadata: upgrade.metadata)
        }
        return try WriterConnection(connection, path)
    }
}

extension SchemaUpgrade.Summary {
    /// The upgrade's metadata in a log.
    var metadata: Logger.Metadata {
        [
            "from": "\(from)", "to": "\(to)", "copy": "\(copy)", "copy_bytes": "\(copyBytes)",
            "seconds": "\(Double(duration.milliseconds) / 1_000)",
        ]
    }
}
