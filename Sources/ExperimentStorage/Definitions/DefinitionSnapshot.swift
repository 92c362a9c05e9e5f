import ExperimentDatabase
import Experimentation

/// The definitions of the file at one moment: what `assign` goes by and what records resolve their names with.
struct DefinitionSnapshot: Sendable {
    /// What a record of an experiment needs.
    struct Entry: Sendable {
        let experimentID: Int64
        /// The phase in force.
        let phaseID: Int64
        /// Every variant the experiment ever had; so few that looking through them is quicker than hashing.
        var variants: [(name: String, id: Int64)] = []

        /// The number of a variant.
        func variantID(_ name: String) -> Int64? {
            variants.first { $0.name.isSameBytes(as: name) }?.id
        }
    }

    private static let version = "SELECT version FROM definition_version"
    private static let allVariants = "SELECT experiment_id, variant_id, name FROM variant"

    /// The file's count of changes to its definitions.
    let version: Int64
    private let entries: [ByteString: Entry]
    private let experiments: [StoredExperiment]

    init(_ connection: borrowing Connection) throws(SQLiteError) {
        version = try connection.value(Self.version) { $0.int64(0) } ?? 0
        var variants: [Int64: [(name: String, id: Int64)]] = [:]
        try connection.prepare(Self.allVariants).forEachRow { (row) throws(SQLiteError) in
            variants[row.int64(0), default: []].append((row.text(2), row.int64(1)))
        }
        experiments = try StoredExperiment.all(connection)
        entries = Dictionary(
            uniqueKeysWithValues: experiments.map { stored in
                (
                    ByteString(stored.experiment.id),
                    Entry(
                        experimentID: stored.experimentID, phaseID: stored.phaseID,
                        variants: variants[stored.experimentID] ?? [])
                )
            })
    }

    subscript(experiment: String) -> Entry? { entries[ByteString(experiment)] }

    /// What `assign` goes by from a moment on, in µs since 1970 UTC.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` for an algorithm that is not there, or settings it refuses.
    func catalog(
        _ algorithms: AssignmentAlgorithms, at now: Int64
    ) throws(ExperimentError) -> ExperimentCatalog {
        var assigners: [Assigner] = []
        assigners.reserveCapacity(experiments.count)
        for stored in experiments {
            do throws(ExperimentError) {
                assigners.append(
                    try Assigner(
                        stored.experiment, seed: stored.seed, holdout: stored.holdout, algorithms: algorithms, at: now)
                )
            } catch {
                throw .invalid("experiment", "'\(stored.experiment.id)' cannot be assigned by this program: \(error)")
            }
        }
        return ExperimentCatalog(assigners)
    }

    /// The next moment, after a given one, at which a schedule begins or ends; nil when there is none.
    func nextChange(after now: Int64) -> Int64? {
        var next: Int64?
        for stored in experiments where stored.experiment.status == .running {
            for date in [stored.experiment.startsAt, stored.experiment.endsAt] {
                guard let moment = date?.microsecondsSince1970, moment > now else { continue }
                next = min(next ?? moment, moment)
            }
        }
        return next
    }
}
