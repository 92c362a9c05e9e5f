import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

/// The definitions of the file at one moment: what `assign` goes by and what records resolve their names with.
struct DefinitionSnapshot: Sendable {
    /// The number of experiments up to which each is read again by itself; more take less time in one pass over all.
    private static let few = 1_000

    private(set) var version: DefinitionVersion
    /// The experiments in order of their numbers.
    private(set) var experiments: [CachedExperiment] = []
    /// The few of them for which the clock matters.
    private(set) var scheduled: [CachedExperiment] = []
    /// Experiments that cannot be read.
    ///
    /// An experiment that was read before stays in force as it was read; an experiment that never was is not served.
    private(set) var unreadable: [DamagedExperiment] = []
    private var byName: [ExperimentName: CachedExperiment] = [:]
    /// The holdout that phases which have not begun are subject to.
    private var holdout: Holdout?

    init(_ connection: borrowing Connection) throws {
        let snapshot = try connection.beginSnapshot()
        version = try VersionTable.current(connection)
        holdout = try HoldoutTable.current(connection)
        experiments = try Self.read(.all, connection, &unreadable)
        try snapshot.commit()
        byName.reserveCapacity(experiments.count)
        enter(experiments)
    }

    subscript(experiment: ExperimentName) -> CachedExperiment? { byName[experiment] }

    /// Reads what has changed in the file since, or everything where that is quicker or safer.
    mutating func update(_ connection: borrowing Connection) throws {
        let snapshot = try connection.beginSnapshot()
        try readChanges(connection)
        try snapshot.commit()
    }

    private mutating func readChanges(_ connection: borrowing Connection) throws {
        let current = try VersionTable.current(connection)
        let holdout = try HoldoutTable.current(connection)
        let (gone, numbers) = try changes(holdout, connection)
        guard current.continues(version), numbers.count <= Self.few else {
            let before = self
            self = try DefinitionSnapshot(connection)
            keep(before)
            return
        }
        var changed: [CachedExperiment] = []
        var unreadable: [DamagedExperiment] = []
        for number in numbers { changed += try Self.read(.one(number), connection, &unreadable) }
        version = current
        self.holdout = holdout
        self.unreadable = unreadable
        replace(gone, by: changed + kept(gone, beside: changed))
    }

    /// Keeps what was known before of experiments that cannot be read.
    mutating func keep(_ before: DefinitionSnapshot) {
        replace([], by: kept(before.experiments, beside: experiments))
    }

    /// Experiments among those given that cannot be read any more, but are in the phase they were in, unless another one has
    /// got the name.
    private func kept(_ cached: [CachedExperiment], beside others: [CachedExperiment]) -> [CachedExperiment] {
        guard !unreadable.isEmpty else { return [] }
        let phases = Dictionary(unreadable.map { ($0.number, $0.phaseID) }) { first, _ in first }
        let names = Set(others.map(\.stored.experiment.id))
        return cached.filter {
            phases[$0.number] == $0.stored.phaseID && !names.contains($0.stored.experiment.id)
        }
    }

    /// Experiments that the file has otherwise than this snapshot, and the numbers of those to be read.
    private func changes(
        _ holdout: Holdout?, _ connection: borrowing Connection
    ) throws -> (gone: [CachedExperiment], numbers: [RowNumber<ExperimentRow>]) {
        let isSameHoldout = holdout == self.holdout
        var gone: [CachedExperiment] = []
        var numbers: [RowNumber<ExperimentRow>] = []
        var rest = experiments[...]
        try VersionTable.forEachExperiment(connection) { number, version in
            while let cached = rest.first, cached.number < number { gone.append(rest.removeFirst()) }
            if let cached = rest.first, cached.number == number {
                rest.removeFirst()
                // Another version, not a later one: the file may be a backup that was put back and changed since.
                if cached.version == version, isSameHoldout || cached.stored.isPhaseStarted { return }
                gone.append(cached)
            }
            numbers.append(number)
        }
        return (gone + rest, numbers)
    }

    private mutating func replace(_ gone: [CachedExperiment], by changed: [CachedExperiment]) {
        guard !gone.isEmpty || !changed.isEmpty else { return }
        // All names go before any comes: two experiments may have exchanged theirs.
        for cached in gone { byName[cached.stored.experiment.id] = nil }
        let numbers = Set(gone.map(\.number))
        experiments.removeAll { numbers.contains($0.number) }
        scheduled.removeAll { numbers.contains($0.number) }
        experiments += changed
        experiments.sort { $0.number < $1.number }
        enter(changed)
    }

    private mutating func enter(_ cached: [CachedExperiment]) {
        for cached in cached {
            byName[cached.stored.experiment.id] = cached
            if cached.isScheduled { scheduled.append(cached) }
        }
    }

    private static func read(
        _ selection: ExperimentSelection, _ connection: borrowing Connection,
        _ unreadable: inout [DamagedExperiment]
    ) throws -> [CachedExperiment] {
        var cached: [CachedExperiment] = []
        unreadable += try DefinitionReader.forEach(selection, connection) { stored, version in
            cached.append(CachedExperiment(stored, version: version))
        }
        return cached
    }
}

/// An experiment as a process knows it: read once, and shared by whoever needs it.
///
/// A class, so that finding one, or keeping one, copies one reference and not every part of it.
final class CachedExperiment: Sendable {
    let stored: StoredExperiment
    /// The file's count of changes after the last one of this experiment; no part of what it is, which may be as before.
    let version: Int64

    init(_ stored: consuming StoredExperiment, version: Int64) {
        self.stored = stored
        self.version = version
    }

    /// The experiment's number in the file.
    var number: RowNumber<ExperimentRow> { stored.experimentID }

    /// Whether the clock decides what becomes of it.
    var isScheduled: Bool {
        guard stored.experiment.status == .running else { return false }
        return !stored.isPhaseStarted || stored.experiment.schedule.startsAt != nil
            || stored.experiment.schedule.endsAt != nil
    }

    /// The row of a phase by its number; nil for a phase that the experiment has not had.
    func phaseID(_ number: Int) -> RowNumber<PhaseRow>? {
        number == stored.phase ? stored.phaseID : stored.earlierPhases[number]
    }

    /// The number of a variant; so few that looking through them is quicker than hashing.
    func variantRow(_ name: VariantName) -> RowNumber<VariantRow>? {
        stored.everyVariant.first { $0.name == name }?.id
    }
}

extension DefinitionSnapshot {
    /// The catalog that `assign` goes by from a moment on, in µs since 1970 UTC; unchanged parts are the old catalog's.
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
        for cached in experiments {
            if let assigner = old[cached.stored.experiment.id], cached.isCurrent(assigner, at: now) {
                assigners.append(assigner)
                continue
            }
            do throws(ExperimentError) {
                assigners.append(try cached.assigner(algorithms, at: now))
            } catch {
                let id = cached.stored.experiment.id
                problems.append(.invalid("experiment", "'\(id)' cannot be assigned by this program: \(error)"))
                let nobody = AssignmentAlgorithms.enrollingNobody(by: cached.stored.experiment.design.algorithm)
                if let assigner = try? cached.assigner(nobody, at: now) { assigners.append(assigner) }
            }
        }
        return (ExperimentCatalog(assigners), problems)
    }

    /// Whether a schedule has begun or ended that the file does not show yet.
    func hasUnwrittenSchedule(at now: Int64) -> Bool {
        scheduled.contains { cached in
            let status = cached.stored.experiment.status(at: now)
            return status == .stopped || status == .running && !cached.stored.isPhaseStarted
        }
    }

    /// The next moment, after a given one, at which a schedule begins or ends; nil when there is none.
    func nextChange(after now: Int64) -> Int64? {
        var next: Int64?
        for cached in scheduled {
            for date in [cached.stored.experiment.schedule.startsAt, cached.stored.experiment.schedule.endsAt] {
                guard let moment = date?.microsecondsSince1970, moment > now else { continue }
                next = min(next ?? moment, moment)
            }
        }
        return next
    }
}

extension CachedExperiment {
    /// Whether a fresh assigner, of the same algorithms, would answer the same as one that is there.
    fileprivate func isCurrent(_ assigner: Assigner, at now: Int64) -> Bool {
        assigner.isCurrent(
            stored.experiment, phase: stored.phase, seed: stored.seed, holdout: stored.holdout, at: now)
    }

    /// The assigner of the experiment's units from a moment on.
    fileprivate func assigner(_ algorithms: AssignmentAlgorithms, at now: Int64) throws(ExperimentError) -> Assigner {
        try Assigner(
            stored.experiment, phase: stored.phase, seed: stored.seed, holdout: stored.holdout, algorithms: algorithms,
            at: now)
    }
}

extension AssignmentAlgorithms {
    /// One algorithm of a given name, which leaves every unit out.
    static func enrollingNobody(by name: AssignmentAlgorithm) -> AssignmentAlgorithms {
        AssignmentAlgorithms([name: { (_, _) throws(ExperimentError) in Nobody() }])
    }

    private struct Nobody: UnitAssigning {
        func index(of unitID: String) -> Int? { nil }
    }
}
