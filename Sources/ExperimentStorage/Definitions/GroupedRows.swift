import ExperimentDatabase

/// Rows of a query in order of the number in their first column, handed out group by group in that order.
///
/// Several of them run beside one query over the same numbers, so that many things with many parts are read in one pass.
struct GroupedRows: ~Copyable {
    private let statement: Statement
    private var isAtRow: Bool

    /// Begins a query whose first two parameters are the smallest and the largest number asked for.
    init(_ sql: String, _ selection: ExperimentSelection, _ connection: borrowing Connection) throws {
        let statement = try connection.prepare(sql)
        try statement.bind(selection.numbers.lowerBound, at: 1)
        try statement.bind(selection.numbers.upperBound, at: 2)
        isAtRow = try statement.step()
        self.statement = statement
    }

    /// Calls a body for each row of a number's group, and leaves those of smaller numbers behind.
    mutating func forEach(
        of number: RowNumber<ExperimentRow>, _ body: (borrowing Statement) throws -> Void
    ) throws {
        while isAtRow {
            let next: RowNumber<ExperimentRow> = statement.rowNumber(0)
            guard next <= number else { return }
            if next == number { try body(statement) }
            isAtRow = try statement.step()
        }
    }
}
