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
public final class ExperimentAdministrator: ExperimentAdministering {
    let file: ToolConnection
    private let permissions: UInt32
    private let algorithms: AssignmentAlgorithms

    private init(
        _ file: consuming ToolConnection, permissions: UInt32, algorithms: AssignmentAlgorithms
    ) {
        self.file = file
        self.permissions = permissions
        self.algorithms = algorithms
    }

    deinit {
        // Best effort: the log is read together with the file until somebody copies it.
        try? file.checkpointIfUnowned()
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
        let file = try translating("open") {
            try ToolConnection(DatabasePath(path), creating: isCreating, permissions: permissions)
        }
        return ExperimentAdministrator(file, permissions: permissions, algorithms: algorithms)
    }

    /// Applies definitions, as ``ExperimentAdministering/apply(_:openingPhases:)`` says.
    @discardableResult
    public func apply(
        _ definitions: Definitions, openingPhases: PhaseOpening? = nil
    ) throws(ExperimentError) -> [DefinitionChange] {
        let changes = try applyUnlessRefused(definitions, openingPhases: openingPhases)
        if let refusal = changes.lazy.flatMap(\.refusals).first { throw refusal }
        return changes
    }

    /// Makes definitions true as ``apply(_:openingPhases:)`` does, or says every reason why not; one transaction.
    ///
    /// Definitions that are refused, or true already, keep no server from writing.
    /// - Parameters:
    ///   - definitions: Experiments, metrics and a holdout.
    ///   - openingPhases: How new phases are opened where a change would bias an experiment that has run; nil refuses.
    /// - Returns: What was done; nothing, where any change has a refusal.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be written.
    public func applyUnlessRefused(
        _ definitions: Definitions, openingPhases: PhaseOpening? = nil
    ) throws(ExperimentError) -> [DefinitionChange] {
        try apply(openingPhases, isDryRun: false) { _ in definitions }
    }

    /// Previews what applying definitions would do, as ``ExperimentAdministering/preview(_:openingPhases:)`` says.
    public func preview(
        _ definitions: Definitions, openingPhases: PhaseOpening? = nil
    ) throws(ExperimentError) -> [DefinitionChange] {
        try apply(openingPhases, isDryRun: true) { _ in definitions }
    }

    /// Changes experiments by what the file holds of them at that moment, or says what that would do; one transaction.
    /// - Parameters:
    ///   - ids: The experiments that the definitions depend on.
    ///   - openingPhases: How new phases are opened where a change would bias an experiment that has run; nil refuses.
    ///   - isDryRun: Whether nothing is to be changed.
    ///   - make: What is to be true, by the experiments that there are and the holdout in force; called once in each
    ///     transaction that looks, so the last call's is what the changes are of.
    /// - Returns: What was done, or would be; nothing is done where any change has a refusal.
    /// - Throws: What `make` throws, and ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read or
    ///   written.
    package func apply(
        dependingOn ids: [ExperimentName], openingPhases: PhaseOpening?, isDryRun: Bool,
        _ make: (_ stored: [StoredExperiment], _ holdout: Holdout?) throws(ExperimentError) -> Definitions
    ) throws(ExperimentError) -> [DefinitionChange] {
        try apply(openingPhases, isDryRun: isDryRun) { connection in
            var stored: [StoredExperiment] = []
            for id in ids { stored += [try DefinitionReader.find(id, connection)].compactMap(\.self) }
            return try make(stored, HoldoutTable.current(connection))
        }
    }

    /// Looks first, which keeps no server from writing; takes the lock where something is to be done.
    private func apply(
        _ openingPhases: PhaseOpening?, isDryRun: Bool, _ make: (borrowing Connection) throws -> Definitions
    ) throws(ExperimentError) -> [DefinitionChange] {
        let seen = try translating("apply") {
            try Administration.look(openingPhases: openingPhases, algorithms, file.connection, make)
        }
        var applied = seen
        if seen.map({ !isDryRun && !$0.isRefused && !$0.isUnchanged }) ?? true {
            applied = try file.administer("apply") {
                try Administration.apply(
                    openingPhases: openingPhases, algorithms, isDryRun: isDryRun, by: .tool, $0, make)
            }
        }
        // Without the lock: the exposures of that moment stay what they are.
        return try translating("apply") { try applied?.countingMoves(file.connection) ?? [] }
    }

    /// Reads all experiments, as ``ExperimentDefinitions/ExperimentReading/list()`` says.
    public func list() throws(ExperimentError) -> ExperimentList {
        try translating("list") { try DefinitionReader.list(file.connection) }
    }

    /// Reads the ids of all experiments, as ``ExperimentDefinitions/ExperimentReading/ids()`` says.
    public func ids() throws(ExperimentError) -> [ExperimentName] {
        try translating("list") { try DefinitionReader.ids(file.connection) }
    }

    /// Reads one experiment, as ``ExperimentDefinitions/ExperimentReading/experiment(_:)`` says.
    public func experiment(_ id: ExperimentName) throws(ExperimentError) -> StoredExperiment? {
        try translating("read") { try DefinitionReader.find(id, file.connection) }
    }

    /// Reads all metrics, as ``ExperimentDefinitions/ExperimentReading/metrics()`` says.
    public func metrics() throws(ExperimentError) -> [MetricDefinition] {
        try translating("list") { try MetricDefinitionTable.all(file.connection) }
    }

    /// Reads the global holdout, as ``ExperimentDefinitions/ExperimentReading/holdout()`` says.
    public func holdout() throws(ExperimentError) -> Holdout? {
        try translating("list") { try HoldoutTable.current(file.connection) }
    }

    /// Opens a new phase, as ``ExperimentAdministering/openPhase(of:_:)`` says.
    @discardableResult
    public func openPhase(
        of experiment: ExperimentName, _ opening: PhaseOpening
    ) throws(ExperimentError) -> StoredExperiment {
        try file.administer("open a phase") { try Administration.openPhase(experiment, opening, by: .tool, $0) }
    }

    /// Starts an experiment, as ``ExperimentAdministering/start(_:)`` says.
    @discardableResult
    public func start(_ experiment: ExperimentName) throws(ExperimentError) -> StatusChange {
        try file.administer("start") { try Administration.start(experiment, by: .tool, $0) }
    }

    /// Stops an experiment, as ``ExperimentAdministering/stop(_:winner:)`` says.
    @discardableResult
    public func stop(_ experiment: ExperimentName, winner: VariantName? = nil) throws(ExperimentError) -> StatusChange {
        try file.administer("stop") { try Administration.stop(experiment, winner: winner, by: .tool, $0) }
    }

    /// Begins or continues an import.
    ///
    /// The import has a connection of its own; end the import before anything else is written.
    /// - Parameter digest: What identifies the input, such as a hash of its bytes and of what it is read as.
    /// - Returns: The import.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func beginImport(digest: String) throws(ExperimentError) -> RecordImport {
        try translating("import") {
            try RecordImport(
                ToolConnection(file.path, creating: false, permissions: permissions), digest: digest)
        }
    }

    /// Copies the file, as ``ExperimentAdministering/backUp(to:)`` says.
    public func backUp(to path: String) throws(ExperimentError) {
        try translating("back up") {
            try Backup.copy(file.path, to: DatabasePath(path))
        }
    }
}
