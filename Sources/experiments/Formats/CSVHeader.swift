import Experimentation

/// The columns that the cells of a record are.
struct CSVHeader {
    /// A column's cell, by ``Column/index``; −1 when the input lacks the column.
    private let positions: [Int]
    /// The unit of the times, where a name says it.
    let unit: TimeUnit?
    /// The cells that become attributes, with their names.
    let attributes: [(name: String, position: Int)]
    /// The cells that make a record's id, in order.
    let idParts: [Int]

    /// Reads the names of the first record.
    init(_ names: [String], for shape: InputShape) throws(Failure) {
        var positions = [Int](repeating: -1, count: Column.allCases.count)
        var attributes: [(name: String, position: Int)] = []
        var unit: TimeUnit?
        for (position, name) in names.enumerated() {
            switch shape.role(of: name) {
            case .column(let column, let named):
                guard positions[column.index] < 0 else {
                    throw Failure(.input, "line 1: the column '\(column.rawValue)' is there twice")
                }
                positions[column.index] = position
                if column == .timestamp { unit = named }
            case .attribute: attributes.append((name, position))
            case .ignored: break
            case .unknown: throw Failure(.input, "line 1: \(shape.refusal(of: name))\n\(shape.advice)")
            }
        }
        func isThere(_ column: Column) -> Bool { positions[column.index] >= 0 || shape.constants[column] != nil }
        for (column, name) in shape.theirNames where positions[column.index] < 0 {
            throw Failure(.input, "line 1: the column \(Escaping.quoted(name)) for '\(column.rawValue)' is missing")
        }
        for column in shape.log.requiredColumns where !isThere(column) {
            throw Failure(.input, "line 1: the column '\(column.rawValue)' is missing\n\(shape.advice)")
        }
        guard isThere(.timestamp) || isThere(.timestampMicroseconds) else {
            throw Failure(.input, "line 1: the column 'timestamp' is missing; 'timestamp_us' would do too")
        }
        var idParts: [Int] = []
        for name in shape.idParts {
            guard let position = names.firstIndex(of: name) else {
                throw Failure(.input, "line 1: the column \(Escaping.quoted(name)) of --id-from is missing")
            }
            idParts.append(position)
        }
        self.positions = positions
        self.unit = unit
        self.attributes = attributes
        self.idParts = idParts
    }

    /// A column's cell, or nil when the input lacks the column.
    func position(_ column: Column) -> Int? {
        let position = positions[column.index]
        return position < 0 ? nil : position
    }
}
