import CExperimentSQLite
package import Experimentation

/// The columns of the row that a statement is at, read one after the other in the order of its select list.
///
/// A row may be used until the statement goes on.
package struct Row {
    private let statement: OpaquePointer
    private var column: Int32 = 0

    init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    private mutating func next() -> Int32 {
        defer { column += 1 }
        return column
    }

    /// Goes past a column.
    package mutating func skip() { column += 1 }

    package mutating func int64() -> Int64 { sqlite3_column_int64(statement, next()) }

    package mutating func int() -> Int { Int(int64()) }

    package mutating func bool() -> Bool { int64() != 0 }

    package mutating func double() -> Double { sqlite3_column_double(statement, next()) }

    /// The text of the next column, by its length; empty for NULL.
    package mutating func text() -> String { String(decoding: utf8(), as: UTF8.self) }

    /// The text of the next column; where that has the bytes of another text, the other, which then is in memory once.
    package mutating func text(sharing other: String) -> String {
        let bytes = utf8()
        return other.hasBytes(bytes) ? other : String(decoding: bytes, as: UTF8.self)
    }

    /// The name in the next column; empty for NULL.
    package mutating func name<Of>() -> Name<Of> { Name(text()) }

    package mutating func optionalName<Of>() -> Name<Of>? { isNull ? nothing() : name() }

    package mutating func optionalInt64() -> Int64? { isNull ? nothing() : int64() }

    package mutating func optionalInt() -> Int? { isNull ? nothing() : int() }

    package mutating func optionalDouble() -> Double? { isNull ? nothing() : double() }

    package mutating func optionalText() -> String? { isNull ? nothing() : text() }

    /// Whether the next column is NULL.
    package var isNull: Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    private mutating func nothing<Value>() -> Value? {
        skip()
        return nil
    }

    /// The bytes of the next column's text; none for NULL.
    private mutating func utf8() -> UnsafeBufferPointer<UInt8> {
        let index = next()
        let bytes = sqlite3_column_text(statement, index)
        return UnsafeBufferPointer(
            start: bytes, count: bytes == nil ? 0 : Int(sqlite3_column_bytes(statement, index)))
    }
}
