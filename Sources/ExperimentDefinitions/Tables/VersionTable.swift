package import ExperimentDatabase

/// Reads what the file's triggers count: the changes to its definitions, and which of them an experiment saw last.
package enum VersionTable {
    private static let selectChanges = "SELECT version FROM definition_version"
    private static let selectSchema = "PRAGMA schema_version"
    /// An experiment's version in a query that has the table as `v`.
    ///
    /// Without a row of its own, an experiment counts as changed by every change.
    package static let ofExperiment = "coalesce(v.version, (SELECT version FROM definition_version))"
    private static let selectExperiments = """
        SELECT e.experiment_id, \(ofExperiment)
        FROM experiment_definition e LEFT JOIN experiment_version v ON v.experiment_id = e.experiment_id
        ORDER BY e.experiment_id
        """

    /// The version of the definitions.
    package static func current(_ connection: borrowing Connection) throws -> DefinitionVersion {
        DefinitionVersion(
            changes: try connection.value(selectChanges) { $0.int64(0) } ?? 0,
            schema: try connection.value(selectSchema) { $0.int64(0) } ?? 0)
    }

    /// Calls a body with the number of each experiment, in that order, and the version after its last change.
    package static func forEachExperiment(
        _ connection: borrowing Connection, _ body: (_ experimentID: RowNumber<ExperimentRow>, _ version: Int64) -> Void
    ) throws {
        let rows = try connection.prepare(selectExperiments)
        while try rows.step() {
            body(rows.rowNumber(0), rows.int64(1))
        }
    }
}

/// Version that tells definitions that were read from those that are in the file now.
package struct DefinitionVersion: Sendable, Equatable {
    /// Number of changes of the file's definitions so far.
    package let changes: Int64
    /// Number of changes of the file's schema so far.
    ///
    /// Whoever puts a backup back in place by SQLite's own means raises this, and so is noticed, though as many changes
    /// were made to the backup since as were undone by it.
    package let schema: Int64

    /// Whether what changed since another version can be found by the experiments' own versions.
    package func continues(_ other: DefinitionVersion) -> Bool {
        schema == other.schema && changes > other.changes
    }
}
