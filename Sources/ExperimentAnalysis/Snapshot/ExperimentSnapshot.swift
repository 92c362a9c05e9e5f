import ExperimentDatabase
public import Experimentation

/// A file with the public views of one moment as tables, to be read row by row.
public struct ExperimentSnapshot: Sendable {
    /// A column of a table.
    public struct Column: Sendable, Hashable {
        /// Name of the column, that of the view's column.
        public let name: String
        /// Declared type of the column: INTEGER, REAL, NUMERIC or TEXT.
        public let type: String
    }

    /// A value of a row.
    public enum Value: Sendable, Hashable {
        /// No value.
        case null
        /// An integer; also a bool as 0 or 1.
        case integer(Int64)
        /// A number.
        case real(Double)
        /// A text.
        case text(String)
    }

    /// SQLite's own, of the planner's statistics, is none.
    private static let tables = """
        SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid
        """
    private static let columns = "SELECT name, type FROM pragma_table_info(?1)"

    private let path: DatabasePath

    init(path: DatabasePath) {
        self.path = path
    }

    /// The tables' names, in the order of the views.
    /// - Returns: The names.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func tables() throws(ExperimentError) -> [String] {
        try translating("snapshot") {
            let connection = try Connection.openForReading(path)
            let select = try connection.prepare(Self.tables)
            var names: [String] = []
            while try select.step() { names.append(select.text(0)) }
            return names
        }
    }

    /// The columns of a table, in their order.
    /// - Parameter table: One of ``tables()``.
    /// - Returns: Their names and types.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func columns(of table: String) throws(ExperimentError) -> [Column] {
        try translating("snapshot") {
            let connection = try Connection.openForReading(path)
            let select = try connection.query(Self.columns, table)
            var columns: [Column] = []
            while try select.step() { columns.append(Column(name: select.text(0), type: select.text(1))) }
            return columns
        }
    }

    /// Reads the rows of a table; memory does not grow with their number.
    /// - Parameters:
    ///   - table: One of ``tables()``.
    ///   - body: Called with the values of a row, in the order of the columns; whether to go on.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func forEachRow(of table: String, _ body: ([Value]) -> Bool) throws(ExperimentError) {
        try translating("snapshot") {
            let connection = try Connection.openForReading(path)
            let select = try connection.prepare("SELECT * FROM \"\(table)\"")
            while try select.step() {
                guard body((0..<select.columnCount).map { select.value($0) }) else { return }
            }
        }
    }
}

extension Statement {
    /// The value of a column, whatever its type.
    fileprivate borrowing func value(_ column: Int32) -> ExperimentSnapshot.Value {
        switch storedType(column) {
        case .null: .null
        case .integer: .integer(int64(column))
        case .real: .real(double(column))
        case .text: .text(text(column))
        }
    }
}
