import ExperimentDatabase

/// Reads what the file's triggers count: the changes to its definitions, and which of them an experiment saw last.
enum VersionTable {
    private static let selectCurrent = "SELECT version FROM definition_version"
    /// Without a row of its own, an experiment counts as changed by every change.
    private static let selectExperiments = """
        SELECT e.experiment_id, coalesce(v.version, d.version)
        FROM definition_version d CROSS JOIN experiment e
        LEFT JOIN experiment_version v ON v.experiment_id = e.experiment_id
        """

    /// The version of the definitions.
    static func current(_ connection: borrowing Connection) throws(SQLiteError) -> Int64 {
        try connection.value(selectCurrent) { $0.int64(0) } ?? 0
    }

    /// The version after each experiment's last change, by the experiments' numbers.
    static func experiments(_ connection: borrowing Connection) throws(SQLiteError) -> [Int64: Int64] {
        var versions: [Int64: Int64] = [:]
        try connection.prepare(selectExperiments).forEachRow { (row) throws(SQLiteError) in
            versions[row.int64(0)] = row.int64(1)
        }
        return versions
    }
}
