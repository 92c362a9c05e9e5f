public import Experimentation

/// Content of a definitions file: experiments and metrics, to be made true in a database.
public struct Definitions: Sendable, Hashable {
    /// An experiment and whether its status was said.
    public struct DefinedExperiment: Sendable, Hashable {
        /// The definition.
        public let experiment: Experiment
        /// The status asked for; nil means running for a new experiment and unchanged for an existing one.
        public let status: ExperimentStatus?
        /// Whether the testers and the winner of an experiment that exists stay as they are, whatever the definition says.
        public let leavesOperation: Bool

        /// Creates an entry.
        /// - Parameters:
        ///   - experiment: The definition.
        ///   - status: The status asked for, or nil.
        ///   - leavesOperation: Whether testers and winner of an experiment that exists stay as they are.
        public init(_ experiment: Experiment, status: ExperimentStatus?, leavingOperation leavesOperation: Bool = false)
        {
            self.experiment = experiment
            self.status = status
            self.leavesOperation = leavesOperation
        }
    }

    /// The experiments, in the order in which new ones are defined.
    public var experiments: [DefinedExperiment]
    /// The metrics.
    public var metrics: [MetricDefinition]
    /// The global holdout, for phases that start from now on; nil leaves it as it is.
    public var holdout: Holdout?
    /// The zone whose days reports and nights count, such as `Europe/Berlin`; nil leaves it as it is, which is UTC at first.
    public var timezone: String?

    /// Creates definitions.
    /// - Parameters:
    ///   - experiments: The experiments.
    ///   - metrics: The metrics.
    ///   - holdout: The global holdout.
    ///   - timezone: The zone whose days reports and nights count.
    public init(
        experiments: [DefinedExperiment] = [], metrics: [MetricDefinition] = [], holdout: Holdout? = nil,
        timezone: String? = nil
    ) {
        self.experiments = experiments
        self.metrics = metrics
        self.holdout = holdout
        self.timezone = timezone
    }
}
