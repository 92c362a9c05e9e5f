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
        let variants: [StoredVariant]

        /// The number of a variant.
        func variantID(_ name: String) -> Int64? {
            variants.first { $0.name.isSameBytes(as: name) }?.id
        }
    }

    private static let version = "SELECT version FROM definition_version"

    /// The file's count of changes to its definitions.
    let version: Int64
    private let entries: [ByteString: Entry]
    private let experiments: [StoredExperiment]
    /// The few of them for which the clock matters.
    private let scheduled: [StoredExperiment]

    init(_ connection: borrowing Connection) throws(SQLiteError) {
        version = try connection.value(Self.version) { $0.int64(0) } ?? 0
        experiments = try StoredExperiment.all(connection)
        scheduled = experiments.filter { stored in
            let experiment = stored.experiment
            guard experiment.status == .running else { return false }
            return !stored.isPhaseStarted || experiment.startsAt != nil || experiment.endsAt != nil
        }
        entries = Dictionary(
            uniqueKeysWithValues: experiments.map { stored in
                (
                    ByteString(stored.experiment.id),
                    Entry(
                        experimentID: stored.experimentID, phaseID: stored.phaseID,
                        variants: stored.everyVariant)
                )
            })
    }

    subscript(experiment: String) -> Entry? { entries[ByteString(experiment)] }

    /// What `assign` goes by from a moment on, in µs since 1970 UTC; what has not changed is taken from the one before.
    ///
    /// An experiment by an algorithm that is not there, or that refuses the settings, enrolls nobody. Its testers, its
    /// stop and its winner are in force, and so is everything about the others.
    /// - Returns: The catalog, and why experiments enroll nobody.
    func catalog(
        _ algorithms: AssignmentAlgorithms, at now: Int64, after old: ExperimentCatalog
    ) -> (catalog: ExperimentCatalog, problems: [ExperimentError]) {
        var assigners: [Assigner] = []
        assigners.reserveCapacity(experiments.count)
        var problems: [ExperimentError] = []
        // By position, since iterating over an array would copy each, with everything in it.
        for index in experiments.indices {
            if let assigner = old[experiments[index].experiment.id], assigner.isCurrent(experiments[index], at: now) {
                assigners.append(assigner)
                continue
            }
            let stored = experiments[index]
            do throws(ExperimentError) {
                assigners.append(try stored.assigner(algorithms, at: now))
            } catch {
                problems.append(
                    .invalid("experiment", "'\(stored.experiment.id)' cannot be assigned by this program: \(error)"))
                let nobody = AssignmentAlgorithms.enrollingNobody(by: stored.experiment.algorithm)
                if let assigner = try? stored.assigner(nobody, at: now) { assigners.append(assigner) }
            }
        }
        return (ExperimentCatalog(assigners), problems)
    }

    /// Whether a schedule has begun or ended that the file does not show yet.
    func isUnsettled(at now: Int64) -> Bool {
        scheduled.contains { stored in
            let status = stored.experiment.status(at: now)
            return status == .stopped || status == .running && !stored.isPhaseStarted
        }
    }

    /// The next moment, after a given one, at which a schedule begins or ends; nil when there is none.
    func nextChange(after now: Int64) -> Int64? {
        var next: Int64?
        for stored in scheduled {
            for date in [stored.experiment.startsAt, stored.experiment.endsAt] {
                guard let moment = date?.microsecondsSince1970, moment > now else { continue }
                next = min(next ?? moment, moment)
            }
        }
        return next
    }
}

extension Assigner {
    /// Whether a fresh one, of the same algorithms, would answer the same.
    fileprivate func isCurrent(_ stored: StoredExperiment, at now: Int64) -> Bool {
        isCurrent(stored.experiment, seed: stored.seed, holdout: stored.holdout, at: now)
    }
}

extension StoredExperiment {
    /// What assigns its units from a moment on.
    fileprivate func assigner(_ algorithms: AssignmentAlgorithms, at now: Int64) throws(ExperimentError) -> Assigner {
        try Assigner(experiment, seed: seed, holdout: holdout, algorithms: algorithms, at: now)
    }
}
