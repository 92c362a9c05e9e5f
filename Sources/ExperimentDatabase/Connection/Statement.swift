import CExperimentSQLite
package import Experimentation

/// A prepared statement: prepare once, bind, step, reset.
///
/// A statement has one owner, and goes back to its connection's others when that one is done with it.
package struct Statement: ~Copyable {
    @usableFromInline let handle: OpaquePointer
    let connection: OpaquePointer
    private let sql: String
    private let cache: StatementCache

    /// Prepares one statement, if that was not done before; SQLite keeps the connection alive as long as the statement.
    init(_ sql: String, on connection: borrowing Connection) throws {
        handle = try connection.statementHandle(sql)
        self.connection = connection.handle
        self.sql = sql
        cache = connection.statements
    }

    deinit { cache.give(handle, sql) }

    /// Whether a transaction is open on the statement's connection.
    var isInTransaction: Bool { sqlite3_get_autocommit(connection) == 0 }

    /// Rows changed by the last INSERT, UPDATE or DELETE on its connection.
    package var changes: Int { Int(sqlite3_changes(connection)) }

    // MARK: Binding, parameters from 1

    /// Binds values to the parameters, in their order.
    package func bind<each Value: Bindable>(_ values: repeat each Value) throws {
        var index: Int32 = 1
        for value in repeat each values {
            try value.bind(to: self, at: index)
            index += 1
        }
    }

    package func bind(_ value: Int64?, at index: Int32) throws {
        guard let value else { return try bindNull(at: index) }
        try check(sqlite3_bind_int64(handle, index, value))
    }

    package func bind(_ value: Double?, at index: Int32) throws {
        guard let value else { return try bindNull(at: index) }
        try check(sqlite3_bind_double(handle, index, value))
    }

    /// Binds text by its length, so that a NUL inside it ends nothing.
    package func bind(_ value: String?, at index: Int32) throws {
        guard let value else { return try bindNull(at: index) }
        let contiguous = value.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                experiment_sqlite_bind_text(handle, index, characters.baseAddress, Int32(characters.count))
            }
        }
        if let contiguous { return try check(contiguous) }
        var copy = value
        copy.makeContiguousUTF8()
        try bind(copy, at: index)
    }

    package func bind<Of>(_ value: Name<Of>?, at index: Int32) throws { try bind(value?.text, at: index) }

    package func bindNull(at index: Int32) throws {
        try check(sqlite3_bind_null(handle, index))
    }

    // MARK: Running

    /// Advances to the next row.
    /// - Returns: Whether there is one; without one the statement is ready to be bound again.
    @inlinable
    package func step() throws -> Bool {
        let code = sqlite3_step(handle)
        return code == SQLITE_ROW ? true : try end(code)
    }

    @usableFromInline
    func end(_ code: Int32) throws -> Bool {
        let failure = code == SQLITE_DONE ? nil : StorageFailure(code, connection)
        sqlite3_reset(handle)
        if let failure { throw failure }
        return false
    }

    /// Runs a statement that returns no row.
    package func run() throws {
        while try step() {}
    }

    /// Makes the statement ready to be bound again before its last row.
    package func reset() {
        sqlite3_reset(handle)
    }

    // MARK: Columns, from 0; what a pass over a log asks of every row is compiled into the pass

    /// The columns of the present row, to be read from the first to the last.
    package var row: Row { Row(handle) }

    package var columnCount: Int32 { sqlite3_column_count(handle) }

    /// Types that a column of the row can hold, which in SQLite every row may have otherwise.
    package enum StoredType: Sendable {
        case null
        case integer
        case real
        case text
    }

    package func storedType(_ column: Int32) -> StoredType {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL: .null
        case SQLITE_INTEGER: .integer
        case SQLITE_FLOAT: .real
        default: .text
        }
    }

    @inlinable
    package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    @inlinable
    package func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    @inlinable
    package func int(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

    @inlinable
    package func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    /// The text of a column, by its length; empty for NULL.
    package func text(_ column: Int32) -> String {
        String(decoding: utf8(column), as: UTF8.self)
    }

    /// The text of a column; where that has the bytes of another text, the other, which then is in memory once.
    package func text(_ column: Int32, sharing other: String) -> String {
        other.hasBytes(utf8(column)) ? other : text(column)
    }

    /// The bytes of a column's text, until the next step; none for NULL.
    private func utf8(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        let bytes = sqlite3_column_text(handle, column)
        return UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
    }

    /// The bytes of a column's text, until the next step; nil for NULL.
    @inlinable
    package func bytes(_ column: Int32) -> UnsafeRawBufferPointer? {
        guard let bytes = sqlite3_column_text(handle, column) else { return nil }
        return UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column)))
    }

    @inlinable
    package func optionalInt64(_ column: Int32) -> Int64? { isNull(column) ? nil : int64(column) }

    package func optionalDouble(_ column: Int32) -> Double? { isNull(column) ? nil : double(column) }

    package func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    /// The name in a column; empty for NULL.
    package func name<Of>(_ column: Int32) -> Name<Of> { Name(text(column)) }

    package func optionalName<Of>(_ column: Int32) -> Name<Of>? { isNull(column) ? nil : name(column) }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw StorageFailure(code, connection) }
    }
}

extension Connection {
    /// Prepares a statement.
    package func prepare(_ sql: String) throws -> Statement {
        try Statement(sql, on: self)
    }

    fileprivate func statementHandle(_ sql: String) throws -> OpaquePointer {
        if let idle = statements.take(sql) { return idle }
        var statement: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let code = sqlite3_prepare_v3(handle, sql, -1, flags, &statement, nil)
        guard code == SQLITE_OK, let statement else { throw StorageFailure(code, handle) }
        return statement
    }

    /// Runs a statement that returns no row, with values for its parameters in their order.
    package func run<each Value: Bindable>(_ sql: String, _ values: repeat each Value) throws {
        let statement = try prepare(sql)
        try statement.bind(repeat each values)
        try statement.run()
    }

    /// Begins a query, with values for its parameters in their order; ``Statement/step()`` goes to its rows.
    package func query<each Value: Bindable>(_ sql: String, _ values: repeat each Value) throws -> Statement {
        let statement = try prepare(sql)
        try statement.bind(repeat each values)
        return statement
    }

    /// Reads one value from the first row of a query; nil without a row.
    package func value<Value>(_ sql: String, _ read: (borrowing Statement) -> Value) throws -> Value? {
        let statement = try prepare(sql)
        return try statement.step() ? read(statement) : nil
    }
}
