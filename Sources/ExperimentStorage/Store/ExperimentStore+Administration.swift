import ExperimentDatabase
public import ExperimentDefinitions
public import Experimentation

extension ExperimentStore {
    /// Makes a definition true in the file; one transaction.
    /// - Parameters:
    ///   - experiment: The definition, its status included.
    ///   - openingPhase: How a new phase is opened where the change would bias an experiment that has run; nil refuses.
    /// - Returns: What changed.
    /// - Throws: ``Experimentation/ExperimentError/invalidContext(_:)`` for a change that would bias an experiment that
    ///   has run, or a claim of a namespace that conflicts with another's.
    @discardableResult
    public func define(
        _ experiment: Experiment, openingPhase: PhaseOpening? = nil
    ) async throws(ExperimentError) -> DefinitionChange {
        let defined = Definitions.DefinedExperiment(experiment, status: experiment.status)
        let changes = try await apply(Definitions(experiments: [defined]), openingPhases: openingPhase)
        return changes[0]
    }

    /// Makes the definition of a metric true in the file; one transaction.
    ///
    /// Records need none.
    /// - Parameter metric: How the metric is read at analysis.
    /// - Returns: What changed.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be written.
    @discardableResult
    public func define(_ metric: MetricDefinition) async throws(ExperimentError) -> DefinitionChange {
        try await apply(Definitions(metrics: [metric]))[0]
    }

    /// Makes definitions true in the file, all or none; one transaction.
    ///
    /// What they do not name is untouched. Claims of a namespace are compared as they are afterwards, so experiments may
    /// exchange ranges in one call. A holdout is taken over by phases that start from now on; the change says which
    /// running experiments are not under it.
    /// - Parameters:
    ///   - definitions: Experiments and metrics.
    ///   - openingPhases: How new phases are opened where a change would bias an experiment that has run; nil refuses.
    /// - Returns: What changed, the metrics first.
    /// - Throws: ``Experimentation/ExperimentError/invalidContext(_:)`` for a change that would bias an experiment that
    ///   has run, or a claim of a namespace that conflicts with another's.
    @discardableResult
    public func apply(
        _ definitions: Definitions, openingPhases: PhaseOpening? = nil
    ) async throws(ExperimentError) -> [DefinitionChange] {
        try await administer("define") { connection in
            try Administration.apply(definitions, openingPhases: openingPhases, algorithms, connection)
        }
    }

    /// Every experiment of the file, in order of definition, damaged ones beside the others; one moment.
    /// - Returns: The experiments.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func list() async throws(ExperimentError) -> ExperimentList {
        try await administer("list") { connection in
            try DefinitionReader.list(connection)
        }
    }

    /// The experiments of ``list()`` that can be read.
    /// - Returns: The experiments, in order of definition.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func experiments() async throws(ExperimentError) -> [StoredExperiment] {
        try await list().experiments
    }

    /// Opens a new phase of an experiment with the definition in force; one transaction.
    ///
    /// Results are by phase, and units start anew in it.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - opening: Whether everybody keeps their variant or is shuffled anew.
    /// - Throws: ``Experimentation/ExperimentError/experimentNotFound(_:)``, or
    ///   ``Experimentation/ExperimentError/invalidContext(_:)`` for an experiment that has never run.
    public func openPhase(
        of experiment: ExperimentName, _ opening: PhaseOpening
    ) async throws(ExperimentError) {
        try await administer("open a phase") { connection in
            try Administration.openPhase(experiment, opening, connection)
        }
    }

    /// Starts an experiment at once, or starts it again, whatever its schedule says; one transaction.
    /// - Parameter experiment: The experiment's id.
    /// - Returns: The holdout that its phase began with and goes on under, where another one is in force by now.
    /// - Throws: ``Experimentation/ExperimentError/experimentNotFound(_:)``.
    @discardableResult
    public func start(_ experiment: ExperimentName) async throws(ExperimentError) -> KeptHoldout? {
        try await administer("start") { connection in
            try Administration.start(experiment, connection)
        }
    }

    /// Stops an experiment, or declares the winner of a stopped one; one transaction.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - winner: The variant everybody gets from now on; nil for the control.
    /// - Throws: ``Experimentation/ExperimentError/experimentNotFound(_:)``, or
    ///   ``Experimentation/ExperimentError/invalidContext(_:)`` for an unknown variant or a draft.
    public func stop(_ experiment: ExperimentName, winner: VariantName? = nil) async throws(ExperimentError) {
        try await administer("stop") { connection in
            try Administration.stop(experiment, winner: winner, connection)
        }
    }
}
