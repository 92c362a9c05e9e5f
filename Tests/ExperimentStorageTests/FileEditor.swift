import ExperimentDatabase

/// Somebody with a SQLite shell and write permission.
enum FileEditor {
    static func run(_ sql: String, _ path: String) throws {
        try Connection.open(path, .readWrite).execute(sql)
    }
}
