public import ExperimentDefinitions
import Experimentation

/// Results of the experiments of a file, as of one moment.
public struct AnalysisResults: Sendable, Hashable {
    /// The last rows of the logs that were there.
    ///
    /// Numbers of several files have no common order: the largest says nothing to a reader.
    public struct Through: Sendable, Hashable {
        /// Places of the rows whose numbers these are.
        public enum Place: Sendable, Hashable {
            /// The file into which the rows were recorded.
            case file
            /// A file that was merged from others.
            case merge
            /// A warehouse.
            case warehouse
        }

        /// Place of the rows: a file, a merge or a warehouse.
        public let place: Place
        /// The number of the last exposure; 0 when there is none.
        public let exposure: Int
        /// The number of the last outcome; 0 when there is none.
        public let outcome: Int
    }

    /// Outcomes without an experiment whose unit was exposed in none.
    public struct UnattributedOutcomes: Sendable, Hashable {
        /// Number of all unattributed outcomes.
        public let total: Int
        /// Outcomes with neither a user's nor a session's id.
        public let noUnit: Int
        /// Outcomes with an id whose unit was never exposed.
        public var neverExposed: Int { total - noUnit }
    }

    /// The rules the results were made by.
    public let options: AnalysisOptions
    /// End of the logs: their last rows that the results are made of.
    public let through: Through
    /// The moment that results are as of, in µs since 1970: that of `--as-of`, or just after the latest event that is not
    /// later than the clock.
    package let now: Int64
    /// Outcomes that belong nowhere.
    public let unattributedOutcomes: UnattributedOutcomes
    /// The number of the last change of definitions that was there.
    let lastChange: Int64
    /// Results of the experiments, in order of definition.
    public internal(set) var experiments: [ExperimentResult]
    /// Experiments whose definition in the file is damaged, in order of definition; a damaged experiment stops no other.
    public let damagedExperiments: [DamagedExperiment]
}

extension AnalysisResults {
    /// Turns aggregates into inferences.
    init(
        _ phases: [ReportedPhase], _ damaged: [DamagedExperiment], _ aggregates: Aggregates, _ options: AnalysisOptions
    ) {
        let asked = Set(options.experiments)
        damagedExperiments = damaged.filter { asked.isEmpty || asked.contains($0.id) }
        self.options = options
        through = aggregates.through
        now = aggregates.now
        unattributedOutcomes = aggregates.unattributed
        lastChange = aggregates.log.entries.last?.number ?? 0
        experiments = phases.map { ExperimentResult($0, aggregates, options) }
    }
}
