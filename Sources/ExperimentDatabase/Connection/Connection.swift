import CExperimentSQLite

/// Connection to one open SQLite file.
///
/// A connection has one owner at a time and closes itself.
package struct Connection: ~Copyable {
    /// Accesses that a connection can have.
    package enum Access: Sendable {
        /// Read and write an existing file.
        case readWrite
        /// Read only; temporary tables are still allowed.
        case readOnly
        /// Read only, without locks, what nobody writes to meanwhile; see ``LoneCopy``.
        case alone
        /// Read and write a copy that nobody else has seen: without the limits that guard a server's file, among them one
        /// that `VACUUM` does not work under.
        case copy
    }

    let handle: OpaquePointer
    let statements = StatementCache()
    /// Length of the write-ahead log after this connection's last commit, in frames.
    private let walFrameCount: UnsafeMutablePointer<Int32>
    /// State in which the file must stay until it was read; nil where locks see to that.
    var copy: LoneCopy?

    private init(handle: OpaquePointer) {
        self.handle = handle
        walFrameCount = .allocate(capacity: 1)
        walFrameCount.initialize(to: 0)
    }

    /// Opens an existing file; the path must be absolute, so that SQLite cannot read it as a URI.
    package static func open(_ path: String, _ access: Access) throws -> Connection {
        let mode =
            switch access {
            case .readOnly: SQLITE_OPEN_READONLY
            case .alone: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            case .readWrite, .copy: SQLITE_OPEN_READWRITE
            }
        // NOMUTEX: one owner at a time is our promise. NOFOLLOW: a symbolic link planted at the path is refused.
        let flags = mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(access == .alone ? immutable(path) : path, &handle, flags, nil)
        guard let handle else { throw StorageFailure.sqlite(SQLiteError(code: SQLITE_NOMEM, message: "out of memory")) }
        guard code == SQLITE_OK else {
            let failure = StorageFailure(code, handle)
            sqlite3_close_v2(handle)
            throw failure
        }
        let connection = Connection(handle: handle)
        try connection.configure(access)
        return connection
    }

    /// The URI of a file that never changes (sqlite.org/uri.html).
    private static func immutable(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF")
        let escaped = path.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"):
                String(UnicodeScalar(byte))
            default: "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return "file:\(escaped.joined())?immutable=1"
    }

    deinit {
        experiment_sqlite_stop_counting(handle)
        statements.close()
        // _v2: statements that live a moment longer keep the connection until they are finalized.
        sqlite3_close_v2(handle)
        walFrameCount.deinitialize(count: 1)
        walFrameCount.deallocate()
    }

    /// Length of the write-ahead log after this connection's last commit, in frames (pages).
    package var walFrames: Int { Int(walFrameCount.pointee) }

    /// Whether a transaction is open; SQLite ends one by itself after some errors.
    package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Rows changed by the last INSERT, UPDATE or DELETE.
    package var changes: Int { Int(sqlite3_changes(handle)) }

    /// The rowid of the last row this connection inserted.
    package var lastInsertRowID: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Runs a script of statements without parameters.
    package func execute(_ sql: String) throws {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// Sets the time that SQLite waits for a lock, in milliseconds; 0 not at all.
    package func setBusyTimeout(milliseconds: Int32) {
        experiment_sqlite_wait_when_busy(handle, milliseconds)
    }

    package func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw StorageFailure(code, handle) }
    }

    /// Settings every connection has.
    private func configure(_ access: Access) throws {
        // First, since the ones after it may meet another process's lock.
        setBusyTimeout(milliseconds: 5_000)
        try check(experiment_sqlite_configure(handle, SQLITE_DBCONFIG_DEFENSIVE, 1))
        try check(experiment_sqlite_configure(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0))
        try check(experiment_sqlite_configure(handle, SQLITE_DBCONFIG_DQS_DML, 0))
        try check(experiment_sqlite_configure(handle, SQLITE_DBCONFIG_DQS_DDL, 0))
        try check(experiment_sqlite_configure(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0))
        // Closing copies nothing: the owner checkpoints by itself, under its locks.
        try check(experiment_sqlite_configure(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1))
        // mmap would widen the window of the WAL-reset bug (SQLite before 3.51.3) and turn I/O errors into signals.
        try execute("PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON")
        // A value longer than any of ours is somebody's trap.
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 1_000_000)
        guard access == .readWrite else { return }
        try execute("PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY")
        try execute("PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16000")
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        experiment_sqlite_count_wal_frames(handle, walFrameCount)
    }
}

extension StorageFailure {
    /// Failure that a connection reports about the call that just failed with a code.
    init(_ code: Int32, _ connection: OpaquePointer) {
        self = .sqlite(SQLiteError(code: code, message: String(cString: sqlite3_errmsg(connection))))
    }
}
