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

    /// So many are read again one by one; more take less time in one pass over all.
    private static let few = 1_000

    /// The file's count of changes to its definitions.
    private(set) var version: Int64
    /// What it was after the last change of each experiment, by the experiments' numbers.
    private var versions: [Int64: Int64]
    /// In order of their numbers.
    private(set) var experiments: [StoredExperiment]
    /// The few of them for which the clock matters.
    private(set) var scheduled: [StoredExperiment] = []
    private var entries: [ByteString: Entry] = [:]
    /// What phases that have not begun are subject to.
    private let holdout: Holdout?

    init(_ connection: borrowing Connection) throws(SQLiteError) {
        try self.init(
            VersionTable.current(connection), of: VersionTable.experiments(connection), connection)
    }

    /// Reads everything, beside the versions that were read already.
    private init(
        _ version: Int64, of versions: [Int64: Int64], _ connection: borrowing Connection
    ) throws(SQLiteError) {
        self.version = version
        self.versions = versions
        holdout = try HoldoutTable.current(connection)
        experiments = try StoredExperiment.all(connection)
        entries.reserveCapacity(experiments.count)
        // By position, since iterating over an array would copy each, with everything in it.
        for place in experiments.indices { enter(place) }
    }

    subscript(experiment: String) -> Entry? { entries[ByteString(experiment)] }

    /// Reads what has changed in the file since, or everything where that is quicker or not enough.
    mutating func update(_ connection: borrowing Connection) throws(SQLiteError) {
        let current = try VersionTable.current(connection)
        let inFile = try VersionTable.experiments(connection)
        guard current > version, let changed = try changed(inFile, connection) else {
            self = try DefinitionSnapshot(current, of: inFile, connection)
            return
        }
        version = current
        versions = inFile
        replace(changed)
    }

    /// The experiments that changed or are new, in order of their numbers; nil when everything is to be read.
    private func changed(
        _ inFile: [Int64: Int64], _ connection: borrowing Connection
    ) throws(SQLiteError) -> [StoredExperiment]? {
        guard try HoldoutTable.current(connection) == holdout, versions.keys.allSatisfy({ inFile[$0] != nil })
        else { return nil }
        // Another version, not a later one: the file may be a backup that was put back and changed since.
        let numbers = inFile.filter { versions[$0.key] != $0.value }.keys.sorted()
        guard numbers.count <= Self.few else { return nil }
        var changed: [StoredExperiment] = []
        for number in numbers { changed += try StoredExperiment.read(number...number, connection) }
        // One that has lost its phase, by hand, is there no longer.
        return changed.count == numbers.count ? changed : nil
    }

    /// Puts experiments in the places of those of the same numbers, and new ones where they belong.
    private mutating func replace(_ changed: [StoredExperiment]) {
        // All names go before any comes: two experiments may have exchanged theirs.
        for stored in changed {
            let place = place(of: stored.experimentID)
            guard isKnown(stored.experimentID, at: place) else { continue }
            entries[ByteString(experiments[place].experiment.id)] = nil
            scheduled.removeAll { $0.experimentID == stored.experimentID }
        }
        for stored in changed {
            let place = place(of: stored.experimentID)
            if isKnown(stored.experimentID, at: place) {
                experiments[place] = stored
            } else {
                experiments.insert(stored, at: place)
            }
            enter(place)
        }
    }

    private mutating func enter(_ place: Int) {
        entries[ByteString(experiments[place].experiment.id)] = Entry(
            experimentID: experiments[place].experimentID, phaseID: experiments[place].phaseID,
            variants: experiments[place].everyVariant)
        if experiments[place].isScheduled { scheduled.append(experiments[place]) }
    }

    /// Where the experiment of a number is, or would be.
    private func place(of number: Int64) -> Int {
        var (low, high) = (experiments.startIndex, experiments.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if experiments[middle].experimentID < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func isKnown(_ number: Int64, at place: Int) -> Bool {
        place < experiments.endIndex && experiments[place].experimentID == number
    }
}

extension StoredExperiment {
    /// Whether the clock decides what becomes of it.
    fileprivate var isScheduled: Bool {
        guard experiment.status == .running else { return false }
        return !isPhaseStarted || experiment.startsAt != nil || experiment.endsAt != nil
    }
}
