import ExperimentDatabase

/// Reads what the file's triggers count: the changes to its definitions, and which of them an experiment saw last.
enum VersionTable {
    private static let selectCurrent = "SELECT version FROM definition_version"
    private static let selectChanged = """
        SELECT e.experiment_id FROM experiment e LEFT JOIN experiment_version v ON v.experiment_id = e.experiment_id
        WHERE coalesce(v.version > ?1, true) ORDER BY e.experiment_id LIMIT ?2
        """
    private static let countExperiments = "SELECT count(*) FROM experiment"

    /// The version of the definitions.
    static func current(_ connection: borrowing Connection) throws(SQLiteError) -> Int64 {
        try connection.value(selectCurrent) { $0.int64(0) } ?? 0
    }

    /// The numbers of the first experiments that changed after a version, in order.
    static func changed(
        since version: Int64, atMost limit: Int, _ connection: borrowing Connection
    ) throws(SQLiteError) -> [Int64] {
        let select = try connection.prepare(selectChanged)
        try select.bind(version, at: 1)
        try select.bind(Int64(limit), at: 2)
        var numbers: [Int64] = []
        try select.forEachRow { (row) throws(SQLiteError) in numbers.append(row.int64(0)) }
        return numbers
    }

    /// How many experiments there are.
    static func experiments(_ connection: borrowing Connection) throws(SQLiteError) -> Int {
        try connection.value(countExperiments) { $0.int(0) } ?? 0
    }
}
