public import Experimentation

/// A way into a file that reads what the file defines: a store, the tool's administrator or reader, an analyzer, a verifier.
///
/// Every call reads one moment, and throws ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
/// A store answers on its own queue; whatever opens a file for a tool blocks its thread.
public protocol ExperimentReading {
    /// Every experiment of the file, in order of definition, damaged ones beside the others.
    /// - Returns: The experiments.
    func list() async throws(ExperimentError) -> ExperimentList

    /// The ids of the experiments, in order of definition; those of damaged experiments included.
    /// - Returns: The ids.
    func ids() async throws(ExperimentError) -> [ExperimentName]

    /// One experiment; damage to another keeps nobody from reading it.
    /// - Parameter id: The experiment's id.
    /// - Returns: The experiment; nil when there is none of that id.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` with the sentence of ``DamagedExperiment/reason`` for a
    ///   damaged experiment.
    func experiment(_ id: ExperimentName) async throws(ExperimentError) -> StoredExperiment?

    /// Every metric of the file, by name and kind; those that were only recorded have their kind's defaults.
    /// - Returns: The metrics.
    func metrics() async throws(ExperimentError) -> [MetricDefinition]

    /// The global holdout, which phases take over when they start; nil when there is none.
    /// - Returns: The holdout.
    func holdout() async throws(ExperimentError) -> Holdout?
}

extension ExperimentReading {
    /// The experiments of ``list()`` that can be read.
    /// - Returns: The experiments, in order of definition.
    public func experiments() async throws(ExperimentError) -> [StoredExperiment] {
        try await list().experiments
    }
}
