public import Experimentation

/// What the experiments of a file show, as of one moment.
public struct AnalysisResults: Sendable, Hashable {
    /// The last rows of the logs that were there.
    public struct Through: Sendable, Hashable {
        /// The number of the last exposure; 0 when there is none.
        public let exposure: Int
        /// The number of the last outcome; 0 when there is none.
        public let outcome: Int
    }

    /// Outcomes without an experiment whose unit was exposed in none.
    public struct UnattributedOutcomes: Sendable, Hashable {
        /// All of them.
        public let total: Int
        /// Those with neither a user's nor a session's id.
        public let noUnit: Int
        /// The others.
        public var neverExposed: Int { total - noUnit }
    }

    /// An experiment that could not be analysed.
    public struct Failure: Sendable, Hashable {
        /// Its id.
        public let experiment: ExperimentName
        /// What is wrong with its definition, as the end of a sentence.
        public let reason: String
    }

    /// The rules the results were made by.
    public let options: AnalysisOptions
    /// How far the logs went.
    public let through: Through
    /// Outcomes that belong nowhere.
    public let unattributedOutcomes: UnattributedOutcomes
    /// In order of definition.
    public let experiments: [ExperimentResult]
    /// Those whose definition in the file is damaged, in order of definition; they do not stop the others.
    public let failures: [Failure]
}

extension AnalysisResults {
    /// Turns aggregates into inferences.
    init(
        _ phases: [ReportedPhase], _ failures: [Failure], _ aggregates: Aggregates, _ options: AnalysisOptions
    ) {
        let asked = Set(options.experiments)
        self.failures = failures.filter { asked.isEmpty || asked.contains($0.experiment) }
        self.options = options
        through = aggregates.through
        unattributedOutcomes = aggregates.unattributed
        experiments = phases.map { ExperimentResult($0, aggregates, options) }
    }
}
