import ExperimentDatabase
import Experimentation

/// What few experiments have: rows by the number of the experiment, or of its phase.
///
/// To read the few takes less time than to look for each of the many whether it is among them.
struct RareRows<Row> {
    /// What the number in the rows' first column is.
    enum Key: String {
        case experiment = "experiment_id"
        case phase = "phase_id"

        fileprivate var isOfOne: String {
            switch self {
            case .experiment: " WHERE experiment_id = ?1"
            case .phase: " WHERE phase_id IN (SELECT phase_id FROM phase WHERE experiment_id = ?1)"
            }
        }
    }

    /// A row that breaks a rule is the error of whoever asks for it, who knows whose it is.
    private var rows: [Int64: Result<Row, ExperimentError>] = [:]

    /// Reads a table; of two rows with the same number the last one stays, in order of the columns.
    init(
        _ columns: String, of table: String, by key: Key, _ selection: ExperimentSelection,
        _ connection: borrowing Connection, _ read: (borrowing Statement) throws(ExperimentError) -> Row
    ) throws(SQLiteError) {
        var select = "SELECT \(key.rawValue), \(columns) FROM \(table)"
        if case .one = selection { select += key.isOfOne }
        let statement = try connection.prepare(select + " ORDER BY \(key.rawValue), \(columns)")
        if case .one(let number) = selection { try statement.bind(number, at: 1) }
        try statement.forEachRow { (row) throws(SQLiteError) in
            rows[row.int64(0)] = Result { () throws(ExperimentError) in try read(row) }
        }
    }

    /// The row of a number.
    func row(_ number: Int64) throws(ExperimentError) -> Row? {
        // Most tables of these are empty.
        rows.isEmpty ? nil : try rows[number]?.get()
    }
}
