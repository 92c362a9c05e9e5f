import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

/// The definitions of the file at one moment: what `assign` goes by and what records resolve their names with.
struct DefinitionSnapshot: Sendable {
    /// So many are read again one by one; more take less time in one pass over all.
    private static let few = 1_000

    private(set) var version: DefinitionVersion
    /// In order of their numbers.
    private(set) var experiments: [KnownExperiment] = []
    /// The few of them for which the clock matters.
    private(set) var scheduled: [KnownExperiment] = []
    /// Experiments that cannot be read.
    ///
    /// An experiment that was read before stays in force as it was read; an experiment that never was is not served.
    private(set) var unreadable: [DamagedExperiment] = []
    private var byName: [ExperimentName: KnownExperiment] = [:]
    /// What phases that have not begun are subject to.
    private var holdout: Holdout?

    init(_ connection: borrowing Connection) throws {
        let reading = try connection.beginReading()
        version = try VersionTable.current(connection)
        holdout = try HoldoutTable.current(connection)
        experiments = try Self.read(.all, connection, &unreadable)
        try reading.commit()
        byName.reserveCapacity(experiments.count)
        enter(experiments)
    }

    subscript(experiment: ExperimentName) -> KnownExperiment? { byName[experiment] }

    /// Reads what has changed in the file since, or everything where that is quicker or safer.
    mutating func update(_ connection: borrowing Connection) throws {
        let reading = try connection.beginReading()
        try readChanges(connection)
        try reading.commit()
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
        var changed: [KnownExperiment] = []
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
    private func kept(_ known: [KnownExperiment], beside others: [KnownExperiment]) -> [KnownExperiment] {
        guard !unreadable.isEmpty else { return [] }
        let phases = Dictionary(unreadable.map { ($0.number, $0.phaseID) }) { first, _ in first }
        let names = Set(others.map(\.stored.experiment.id))
        return known.filter {
            phases[$0.number] == $0.stored.phaseID && !names.contains($0.stored.experiment.id)
        }
    }

    /// Experiments that the file has otherwise than this snapshot, and the numbers of those to be read.
    private func changes(
        _ holdout: Holdout?, _ connection: borrowing Connection
    ) throws -> (gone: [KnownExperiment], numbers: [RowNumber<ExperimentRow>]) {
        let isSameHoldout = holdout == self.holdout
        var gone: [KnownExperiment] = []
        var numbers: [RowNumber<ExperimentRow>] = []
        var rest = experiments[...]
        try VersionTable.forEachExperiment(connection) { number, version in
            while let known = rest.first, known.number < number { gone.append(rest.removeFirst()) }
            if let known = rest.first, known.number == number {
                rest.removeFirst()
                // Another version, not a later one: the file may be a backup that was put back and changed since.
                if known.version == version, isSameHoldout || known.stored.isPhaseStarted { return }
                gone.append(known)
            }
            numbers.append(number)
        }
        return (gone + rest, numbers)
    }

    private mutating func replace(_ gone: [KnownExperiment], by changed: [KnownExperiment]) {
        guard !gone.isEmpty || !changed.isEmpty else { return }
        // All names go before any comes: two experiments may have exchanged theirs.
        for known in gone { byName[known.stored.experiment.id] = nil }
        let numbers = Set(gone.map(\.number))
        experiments.removeAll { numbers.contains($0.number) }
        scheduled.removeAll { numbers.contains($0.number) }
        experiments += changed
        experiments.sort { $0.number < $1.number }
        enter(changed)
    }

    private mutating func enter(_ known: [KnownExperiment]) {
        for known in known {
            byName[known.stored.experiment.id] = known
            if known.isScheduled { scheduled.append(known) }
        }
    }

    private static func read(
        _ selection: ExperimentSelection, _ connection: borrowing Connection,
        _ unreadable: inout [DamagedExperiment]
    ) throws -> [KnownExperiment] {
        var known: [KnownExperiment] = []
        unreadable += try DefinitionReader.forEach(selection, connection) { stored, version in
            known.append(KnownExperiment(stored, version: version))
        }
        return known
    }
}
