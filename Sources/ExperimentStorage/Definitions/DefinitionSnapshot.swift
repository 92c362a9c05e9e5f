import ExperimentDatabase
import Experimentation

/// The definitions of the file at one moment: what `assign` reads and what records resolve their names with.
struct DefinitionSnapshot: Sendable {
    /// What a record of an experiment needs.
    struct Entry: Sendable {
        let experimentID: Int64
        /// The phase in force.
        let phaseID: Int64
        /// Every variant the experiment ever had.
        let variants: [ByteString: Int64]
    }

    private static let version = "SELECT version FROM definition_version"
    private static let allVariants = "SELECT experiment_id, variant_id, name FROM variant"

    /// The file's count of changes to its definitions.
    let version: Int64
    private let entries: [ByteString: Entry]
    let catalog: ExperimentCatalog

    init(_ connection: borrowing Connection) throws(SQLiteError) {
        version = try connection.value(Self.version) { $0.int64(0) } ?? 0
        var variants: [Int64: [ByteString: Int64]] = [:]
        try connection.prepare(Self.allVariants).forEachRow { (row) throws(SQLiteError) in
            variants[row.int64(0), default: [:]][ByteString(row.text(2))] = row.int64(1)
        }
        let stored = try StoredExperiment.all(connection)
        entries = Dictionary(
            uniqueKeysWithValues: stored.map { stored in
                (
                    ByteString(stored.experiment.id),
                    Entry(
                        experimentID: stored.experimentID, phaseID: stored.phaseID,
                        variants: variants[stored.experimentID] ?? [:])
                )
            })
        catalog = ExperimentCatalog(stored.map { Assigner($0.experiment, seed: $0.seed) })
    }

    subscript(experiment: String) -> Entry? { entries[ByteString(experiment)] }
}
