import ExperimentDatabase

/// An experiment of the file that breaks a rule of this library, so that it cannot be read.
///
/// Somebody changed it by hand, or a newer library did.
public struct UnreadableExperiment: Sendable, Hashable {
    /// Its id, which may be what breaks the rule.
    public let id: String
    /// What is wrong, as a sentence that names the experiment, by its number where the id is not to be printed.
    public let reason: String
}

extension StoredExperiment {
    private static let selectIDs = "SELECT name FROM experiment ORDER BY experiment_id"

    /// The ids of all experiments, in order of definition.
    static func ids(_ connection: borrowing Connection) throws(SQLiteError) -> [String] {
        var ids: [String] = []
        try connection.prepare(selectIDs).forEachRow { (row) throws(SQLiteError) in ids.append(row.text(0)) }
        return ids
    }

    /// Every experiment that can be read, in order of definition, and the others.
    ///
    /// They are read one by one, which takes a few times as long as in one pass.
    static func readable(
        _ connection: borrowing Connection
    ) throws(SQLiteError) -> (experiments: [StoredExperiment], unreadable: [UnreadableExperiment]) {
        var experiments: [StoredExperiment] = []
        var unreadable: [UnreadableExperiment] = []
        for id in try ids(connection) {
            do throws(SQLiteError) {
                if let found = try find(id, connection) { experiments.append(found) }
            } catch {
                // SQLite's own failures have a code.
                guard error.code == 0 else { throw error }
                unreadable.append(UnreadableExperiment(id: id, reason: error.message))
            }
        }
        return (experiments, unreadable)
    }
}
