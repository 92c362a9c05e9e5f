import Experimentation

/// Which cell of a record is which column.
struct CSVHeader {
    /// A column's cell, by ``Column/index``; −1 when the input lacks the column.
    private let positions: [Int]

    /// Reads the names of the first record.
    init(_ names: [String], for log: RecordLog) throws(Failure) {
        var positions = [Int](repeating: -1, count: Column.allCases.count)
        let known = log.columns.map(\.rawValue)
        for (position, name) in names.enumerated() {
            guard let column = Column(name: name), log.columns.contains(column) else {
                let hint = Suggestion.closest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
                let message = "line 1: \(log.rawValue) have no column \(Escaping.quoted(name))\(hint)"
                throw Failure(.input, "\(message)\nThe columns are \(known.joined(separator: ", ")).")
            }
            guard positions[column.index] < 0 else {
                throw Failure(.input, "line 1: the column '\(column.rawValue)' is there twice")
            }
            positions[column.index] = position
        }
        for column in log.requiredColumns where positions[column.index] < 0 {
            throw Failure(.input, "line 1: the column '\(column.rawValue)' is missing")
        }
        guard positions[Column.timestamp.index] >= 0 || positions[Column.timestampMicroseconds.index] >= 0 else {
            throw Failure(.input, "line 1: the column 'timestamp' is missing; 'timestamp_us' would do too")
        }
        self.positions = positions
    }

    /// A column's cell, or nil when the input lacks the column.
    func position(_ column: Column) -> Int? {
        let position = positions[column.index]
        return position < 0 ? nil : position
    }
}
