public import ExperimentDefinitions
public import Experimentation

/// A way into a file that changes what the file defines: a store, or the tool's administrator beside a running server.
///
/// Every change is one transaction, and what it returns is what that transaction did. Each throws
/// ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be written; nothing is half-done then. A change of
/// a damaged experiment is refused so too.
public protocol ExperimentAdministering: ExperimentReading {
    /// Makes definitions true in the file, all or none; what they do not name is untouched.
    ///
    /// Claims of a namespace are compared as they are afterwards, so experiments may exchange ranges in one call. A holdout
    /// is taken over by phases that start from now on; the change says which running experiments are not under it. Reads
    /// the exposures of each experiment whose assignment changes once, after the transaction, which nobody waits for.
    /// - Parameters:
    ///   - definitions: Experiments, metrics and a holdout.
    ///   - openingPhases: How new phases are opened where a change would bias an experiment that has run; nil refuses.
    /// - Returns: What changed, the metrics first, and whom of the units seen it moves.
    /// - Throws: ``Experimentation/ExperimentError/invalidContext(_:)`` for a change that would bias an experiment that
    ///   has run, or claims of a namespace that conflict; the first of all that ``preview(_:openingPhases:)`` names.
    @discardableResult
    func apply(
        _ definitions: Definitions, openingPhases: PhaseOpening?
    ) async throws(ExperimentError) -> [DefinitionChange]

    /// Previews what applying definitions would do, every refusal included, and whom of the units seen it would move;
    /// changes nothing, and keeps no server from writing.
    /// - Parameters:
    ///   - definitions: Experiments, metrics and a holdout.
    ///   - openingPhases: How new phases would be opened.
    /// - Returns: The changes, the metrics first.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    func preview(
        _ definitions: Definitions, openingPhases: PhaseOpening?
    ) async throws(ExperimentError) -> [DefinitionChange]

    /// Opens a new phase of an experiment with the definition in force.
    ///
    /// Results are by phase, and units start anew in it.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - opening: Whether everybody keeps their variant or is shuffled anew.
    /// - Returns: The experiment afterwards.
    /// - Throws: ``Experimentation/ExperimentError/experimentNotFound(_:)``, or
    ///   ``Experimentation/ExperimentError/invalidContext(_:)`` for an experiment that has never run.
    @discardableResult
    func openPhase(
        of experiment: ExperimentName, _ opening: PhaseOpening
    ) async throws(ExperimentError) -> StoredExperiment

    /// Starts an experiment at once, or starts it again, whatever its schedule says.
    /// - Parameter experiment: The experiment's id.
    /// - Returns: What was done; nothing where the experiment runs already.
    /// - Throws: ``Experimentation/ExperimentError/experimentNotFound(_:)``, or
    ///   ``Experimentation/ExperimentError/invalidContext(_:)`` where another experiment claims its range by now.
    @discardableResult
    func start(_ experiment: ExperimentName) async throws(ExperimentError) -> StatusChange

    /// Stops an experiment, or declares the winner of a stopped one.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - winner: The variant everybody gets from now on; nil for the control, or for the winner declared before.
    /// - Returns: What was done.
    /// - Throws: ``Experimentation/ExperimentError/experimentNotFound(_:)``, or
    ///   ``Experimentation/ExperimentError/invalidContext(_:)`` for an unknown variant or a draft.
    @discardableResult
    func stop(_ experiment: ExperimentName, winner: VariantName?) async throws(ExperimentError) -> StatusChange

    /// Copies the file while it is written to: one consistent snapshot, flushed to disk, there only when complete; with
    /// the file's mode.
    /// - Parameter path: Where the copy goes; nothing may be there.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the copy cannot be made.
    func backUp(to path: String) async throws(ExperimentError)
}

extension ExperimentAdministering {
    /// Makes a definition true in the file, but for what operators decide of an experiment that exists: its status, testers
    /// and winner stay; see ``apply(_:openingPhases:)``.
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
        return try await apply(Definitions(experiments: [defined]), openingPhases: openingPhase)[0]
    }

    /// Makes the definition of a metric true in the file; records need none.
    /// - Parameter metric: How the metric is read at analysis.
    /// - Returns: What changed.
    /// - Throws: As ``apply(_:openingPhases:)``.
    @discardableResult
    public func define(_ metric: MetricDefinition) async throws(ExperimentError) -> DefinitionChange {
        try await apply(Definitions(metrics: [metric]), openingPhases: nil)[0]
    }
}
