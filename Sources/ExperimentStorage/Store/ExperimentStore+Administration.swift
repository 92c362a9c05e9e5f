import ExperimentDatabase
public import ExperimentDefinitions
public import Experimentation
import Logging

extension ExperimentStore: ExperimentAdministering {
    /// Applies definitions, as ``ExperimentAdministering/apply(_:openingPhases:)`` says.
    @discardableResult
    public func apply(
        _ definitions: Definitions, openingPhases: PhaseOpening? = nil
    ) async throws(ExperimentError) -> [DefinitionChange] {
        let applied = try await administer("define") { connection in
            try Administration.apply(openingPhases: openingPhases, algorithms, by: .server, connection) { _ in
                definitions
            }
        }
        if let refusal = applied.changes.lazy.flatMap(\.refusals).first { throw refusal }
        return applied.movesNobody
            ? applied.changes : try await inSnapshot("define") { try applied.countingMoves($0) }
    }

    /// Previews what applying definitions would do, as ``ExperimentAdministering/preview(_:openingPhases:)`` says.
    public func preview(
        _ definitions: Definitions, openingPhases: PhaseOpening? = nil
    ) async throws(ExperimentError) -> [DefinitionChange] {
        let algorithms = algorithms
        let seen = try await inSnapshot("preview") { connection in
            try Administration.look(openingPhases: openingPhases, algorithms, connection) { _ in definitions }?
                .countingMoves(connection)
        }
        if let seen { return seen }
        let planned = try await administer("preview") { connection in
            try Administration.apply(openingPhases: openingPhases, algorithms, isDryRun: true, by: .server, connection)
            { _ in
                definitions
            }
        }
        return try await inSnapshot("preview") { try planned.countingMoves($0) }
    }

    /// Reads all experiments, as ``ExperimentDefinitions/ExperimentReading/list()`` says.
    public func list() async throws(ExperimentError) -> ExperimentList {
        try await administer("list") { try DefinitionReader.list($0) }
    }

    /// Reads the ids of all experiments, as ``ExperimentDefinitions/ExperimentReading/ids()`` says.
    public func ids() async throws(ExperimentError) -> [ExperimentName] {
        try await administer("list") { try DefinitionReader.ids($0) }
    }

    /// Reads one experiment, as ``ExperimentDefinitions/ExperimentReading/experiment(_:)`` says.
    public func experiment(_ id: ExperimentName) async throws(ExperimentError) -> StoredExperiment? {
        try await administer("read") { try DefinitionReader.find(id, $0) }
    }

    /// Reads all metrics, as ``ExperimentDefinitions/ExperimentReading/metrics()`` says.
    public func metrics() async throws(ExperimentError) -> [MetricDefinition] {
        try await administer("list") { try MetricDefinitionTable.all($0) }
    }

    /// Reads the global holdout, as ``ExperimentDefinitions/ExperimentReading/holdout()`` says.
    public func holdout() async throws(ExperimentError) -> Holdout? {
        try await administer("list") { try HoldoutTable.current($0) }
    }

    /// Opens a new phase, as ``ExperimentAdministering/openPhase(of:_:)`` says.
    @discardableResult
    public func openPhase(
        of experiment: ExperimentName, _ opening: PhaseOpening
    ) async throws(ExperimentError) -> StoredExperiment {
        try await administer("open a phase") { try Administration.openPhase(experiment, opening, by: .server, $0) }
    }

    /// Starts an experiment, as ``ExperimentAdministering/start(_:)`` says.
    @discardableResult
    public func start(_ experiment: ExperimentName) async throws(ExperimentError) -> StatusChange {
        try await administer("start") { try Administration.start(experiment, by: .server, $0) }
    }

    /// Stops an experiment, as ``ExperimentAdministering/stop(_:winner:)`` says.
    @discardableResult
    public func stop(
        _ experiment: ExperimentName, winner: VariantName? = nil
    ) async throws(ExperimentError) -> StatusChange {
        try await administer("stop") { try Administration.stop(experiment, winner: winner, by: .server, $0) }
    }
}

extension ExperimentStore {
    /// Makes a definition true in the file; what a server calls when it starts.
    ///
    /// An experiment that is new in the file gets the definition's status, testers and winner. Of one that exists these
    /// three stay as they are: they are what its operators decide, by the tool or by `start` and `stop`, and a restart of
    /// the server undoes none of it. Where the definition says otherwise the log tells, once a call. Whoever wants to say
    /// all of it uses ``apply(_:openingPhases:)``.
    /// - Parameters:
    ///   - experiment: The definition.
    ///   - openingPhase: How a new phase is opened where the change would bias an experiment that has run; nil refuses.
    /// - Returns: What changed.
    /// - Throws: As ``apply(_:openingPhases:)``.
    @discardableResult
    public func define(
        _ experiment: Experiment, openingPhase: PhaseOpening? = nil
    ) async throws(ExperimentError) -> DefinitionChange {
        let defined = Definitions.DefinedExperiment(experiment, status: nil, leavingOperation: true)
        let change = try await apply(Definitions(experiments: [defined]), openingPhases: openingPhase)[0]
        guard !change.isNew, let stored = try await self.experiment(experiment.id) else { return change }
        let kept = experiment.operation(keptBy: stored.experiment)
        if !kept.isEmpty {
            logger.notice(
                "an experiment is not as the program defines it; what its operators decided stays",
                metadata: ["experiment": "\(experiment.id)", "kept": "\(kept.joined(separator: ", "))"])
        }
        return change
    }
}

extension Experiment {
    /// The names of what an experiment's operators decided in the file otherwise than this definition says.
    fileprivate func operation(keptBy stored: Experiment) -> [String] {
        var kept: [String] = []
        if stored.status != status { kept.append("status \(stored.status)") }
        if stored.design.overrides != design.overrides { kept.append("testers") }
        if stored.winner != winner { kept.append("winner \(stored.winner.map { "\($0)" } ?? "control")") }
        return kept
    }
}
