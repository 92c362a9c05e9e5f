import ExperimentDatabase
public import ExperimentDefinitions
public import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The way in for tools and scripts: definitions and imports, beside a running server or without one.
///
/// Every call blocks and writes in short transactions, so a server that owns the file goes on and notices changed
/// definitions by itself. Use it from one thread.
public final class ExperimentAdministrator {
    let guest: GuestConnection
    let permissions: UInt32
    private let algorithms: AssignmentAlgorithms
    /// Held by a nightly run.
    var nightLock: FileLock?

    private init(
        _ guest: consuming GuestConnection, permissions: UInt32, algorithms: AssignmentAlgorithms
    ) {
        self.guest = guest
        self.permissions = permissions
        self.algorithms = algorithms
    }

    deinit {
        // Best effort: the log is read together with the file until somebody copies it.
        try? guest.checkpointIfUnowned()
    }

    /// Opens a file.
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - isCreating: Whether to create it when there is none.
    ///   - permissions: The mode of a new file.
    ///   - algorithms: The algorithms that experiments may name.
    /// - Returns: The way in.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file is missing, not ours, damaged or of a
    ///   newer library.
    public static func open(
        at path: String, creating isCreating: Bool = false, permissions: UInt32 = 0o600,
        algorithms: AssignmentAlgorithms = .standard
    ) throws(ExperimentError) -> ExperimentAdministrator {
        let guest = try translating("open") {
            try GuestConnection(DatabasePath(path), creating: isCreating, permissions: permissions)
        }
        return ExperimentAdministrator(guest, permissions: permissions, algorithms: algorithms)
    }

    /// Makes definitions true in the file, all or none; one transaction.
    ///
    /// What they do not name is untouched. Claims of a namespace are compared as they are afterwards, so experiments may
    /// exchange ranges in one call.
    /// - Parameters:
    ///   - definitions: Experiments and metrics.
    ///   - openingPhases: How new phases are opened where a change would bias an experiment that has run; nil refuses.
    /// - Returns: What changed, the metrics first.
    /// - Throws: ``Experimentation/ExperimentError/invalidContext(_:)`` for a change that would bias an experiment that
    ///   has run, or claims of a namespace that conflict; the first of all that ``plan(_:openingPhases:)`` names.
    public func apply(
        _ definitions: Definitions, openingPhases: PhaseOpening? = nil
    ) throws(ExperimentError) -> [DefinitionChange] {
        try guest.administer("apply") {
            try Administration.apply(definitions, openingPhases: openingPhases, algorithms, $0)
        }
    }

    /// What applying definitions would do, every refusal included, and whom of the units seen it would move; changes
    /// nothing, and keeps no server from writing.
    ///
    /// Reads the exposures of each experiment whose assignment would change once.
    /// - Parameters:
    ///   - definitions: Experiments and metrics.
    ///   - openingPhases: How new phases would be opened.
    /// - Returns: The changes, the metrics first.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func plan(
        _ definitions: Definitions, openingPhases: PhaseOpening? = nil
    ) throws(ExperimentError) -> [DefinitionChange] {
        let read = try translating("plan") {
            try Administration.plan(definitions, openingPhases: openingPhases, algorithms, guest.connection)
        }
        var changes: [DefinitionChange]
        if let read {
            changes = read
        } else {
            changes = try guest.administer("plan") {
                try Administration.planSettled(definitions, openingPhases: openingPhases, algorithms, $0)
            }
        }
        let defined = Dictionary(definitions.experiments.map { ($0.experiment.id, $0.experiment) }) { _, last in last }
        for index in changes.indices {
            guard case .experiment(let id) = changes[index].subject, let new = defined[id] else { continue }
            changes[index].movement = try movement(to: new, openingPhases, definitions.holdout)
        }
        return changes
    }

    private func movement(
        to new: Experiment, _ opening: PhaseOpening?, _ holdout: Holdout?
    ) throws(ExperimentError) -> UnitMovement? {
        let (stored, current) = try translating("plan") {
            (try DefinitionReader.find(new.id, guest.connection), try HoldoutTable.current(guest.connection))
        }
        guard let stored else { return nil }
        // One that cannot assign moves nobody, and is refused for that.
        do throws(ExperimentError) { try algorithms.check(new, replacing: stored.experiment) } catch { return nil }
        guard let replay = try UnitReplay(stored, to: new, opening, holdout ?? current, algorithms) else { return nil }
        return try translating("plan") { try replay.movement(guest.connection) }
    }

    /// Whether the file shows what schedules have brought about by now.
    ///
    /// A running server writes it down within a second, and so does whatever changes definitions.
    /// - Returns: Whether it does.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func showsSchedules() throws(ExperimentError) -> Bool {
        try translating("read schedules") {
            try ScheduleTable.isSettled(at: Date.now.microsecondsSince1970, guest.connection)
        }
    }

    /// Every experiment of the file, in order of definition, damaged ones beside the others; one moment.
    /// - Returns: The experiments.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func list() throws(ExperimentError) -> ExperimentList {
        try translating("list") { try DefinitionReader.list(guest.connection) }
    }

    /// The ids of the experiments, in order of definition; those of experiments that cannot be read included.
    /// - Returns: The ids.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func ids() throws(ExperimentError) -> [ExperimentName] {
        try translating("list") { try DefinitionReader.ids(guest.connection) }
    }

    /// One experiment; what is wrong with another one keeps nobody from reading it.
    /// - Parameter id: The experiment's id.
    /// - Returns: The experiment; nil when there is none of that id.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file or the experiment cannot be read.
    public func experiment(_ id: ExperimentName) throws(ExperimentError) -> StoredExperiment? {
        try translating("read") {
            try DefinitionReader.find(id, guest.connection)
        }
    }

    /// Every metric of the file, by name and kind.
    /// - Returns: The metrics.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func metrics() throws(ExperimentError) -> [MetricDefinition] {
        try translating("list") { try MetricDefinitionTable.all(guest.connection) }
    }

    /// The global holdout, which phases take over when they start; nil when there is none.
    /// - Returns: The holdout.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func holdout() throws(ExperimentError) -> Holdout? {
        try translating("list") { try HoldoutTable.current(guest.connection) }
    }

    /// Opens a new phase of an experiment with the definition in force; one transaction.
    ///
    /// Results are by phase, and units start anew in it.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - opening: Whether everybody keeps their variant or is shuffled anew.
    /// - Throws: ``Experimentation/ExperimentError/experimentNotFound(_:)``, or
    ///   ``Experimentation/ExperimentError/invalidContext(_:)`` for an experiment that has never run.
    public func openPhase(of experiment: ExperimentName, _ opening: PhaseOpening) throws(ExperimentError) {
        try guest.administer("open a phase") { try Administration.openPhase(experiment, opening, $0) }
    }

    /// Starts an experiment at once, or starts it again, whatever its schedule says; one transaction.
    /// - Parameter experiment: The experiment's id.
    /// - Returns: The holdout that its phase began with and goes on under, where another one is in force by now.
    /// - Throws: ``Experimentation/ExperimentError/experimentNotFound(_:)``.
    @discardableResult
    public func start(_ experiment: ExperimentName) throws(ExperimentError) -> KeptHoldout? {
        try guest.administer("start") { try Administration.start(experiment, $0) }
    }

    /// Stops an experiment, or declares the winner of a stopped one; one transaction.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - winner: The variant everybody gets from now on; nil for the control.
    /// - Throws: ``Experimentation/ExperimentError/experimentNotFound(_:)``, or
    ///   ``Experimentation/ExperimentError/invalidContext(_:)`` for an unknown variant or a draft.
    public func stop(_ experiment: ExperimentName, winner: VariantName? = nil) throws(ExperimentError) {
        try guest.administer("stop") { try Administration.stop(experiment, winner: winner, $0) }
    }

    /// Begins or continues an import.
    ///
    /// It has a connection of its own; end it before anything else is written.
    /// - Parameter digest: What identifies the input, such as a hash of its bytes and of what it is read as.
    /// - Returns: The import.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func beginImport(digest: String) throws(ExperimentError) -> RecordImport {
        try translating("import") {
            try RecordImport(
                GuestConnection(guest.path, creating: false, permissions: permissions), digest: digest)
        }
    }

    /// Copies the file while it is written to: one consistent snapshot, flushed to disk, there only when complete; with
    /// the file's mode.
    /// - Parameter path: Where the copy goes; nothing may be there.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the copy cannot be made.
    public func backUp(to path: String) throws(ExperimentError) {
        try translating("back up") {
            try Backup.copy(guest.path, to: DatabasePath(path))
        }
    }
}
