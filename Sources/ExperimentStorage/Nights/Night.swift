public import Experimentation

/// What the nightly report saw on one date, to be kept as it was.
///
/// Aggregates only: intervals and p-values can be computed from them again.
public struct Night: Sendable {
    /// A variant's analysed units.
    public struct Variant: Sendable {
        /// The variant's id.
        public let variantID: VariantName
        /// Whether the others are compared with it.
        public let isControl: Bool
        /// Its analysed units.
        public let units: Int

        /// Creates a variant's row.
        public init(variantID: VariantName, isControl: Bool, units: Int) {
            self.variantID = variantID
            self.isControl = isControl
            self.units = units
        }
    }

    /// A metric in one variant.
    public struct Result: Sendable {
        /// The metric's name.
        public let metric: MetricName
        /// The type of its values: bool, numeric or count.
        public let kind: String
        /// How a unit's outcomes became its value.
        public let aggregation: String
        /// The variant's id.
        public let variantID: VariantName
        /// Units with a kept outcome.
        public let unitsWithOutcome: Int
        /// The sum of the units' values.
        public let sum: Double
        /// Their mean, zeros included.
        public let mean: Double
        /// Their sample variance; nil below two units.
        public let variance: Double?
        /// The skewness of the values of all variants' units.
        public let skewness: Double

        /// Creates a metric's row.
        public init(
            metric: MetricName, kind: String, aggregation: String, variantID: VariantName, unitsWithOutcome: Int,
            sum: Double,
            mean: Double, variance: Double?, skewness: Double
        ) {
            self.metric = metric
            self.kind = kind
            self.aggregation = aggregation
            self.variantID = variantID
            self.unitsWithOutcome = unitsWithOutcome
            self.sum = sum
            self.mean = mean
            self.variance = variance
            self.skewness = skewness
        }
    }

    /// Something that was wrong.
    public struct Alarm: Sendable, ExpressibleByStringLiteral {
        /// The problem's name.
        public let name: String
        /// The metric it is about; nil for none.
        public let metric: MetricName?
        /// The variant it is about; nil for none.
        public let variantID: VariantName?
        /// What else it is about, where an experiment can have several of its name.
        public let detail: String?

        /// Creates an alarm.
        public init(name: String, metric: MetricName? = nil, variantID: VariantName? = nil, detail: String? = nil) {
            self.name = name
            self.metric = metric
            self.variantID = variantID
            self.detail = detail
        }

        /// Creates an alarm whose name says it all.
        public init(stringLiteral name: String) { self.init(name: name) }
    }

    /// An experiment in its latest phase.
    public struct Experiment: Sendable {
        /// The experiment's id.
        public let experiment: ExperimentName
        /// The number of the phase.
        public let phase: Int
        /// Its status.
        public let status: String
        /// Its units exposed, those of several variants, its outcomes, and those that count.
        public let counts: (unitsExposed: Int, unitsCrossover: Int, outcomes: Int, outcomesKept: Int)
        /// The p-value of its sample ratio; nil for too few units.
        public let sampleRatioPValue: Double?
        /// What the rules said.
        public let decision: String
        /// The treatment that was about; nil for none in particular.
        public let decisionVariantID: VariantName?
        /// What was wrong.
        public let alarms: [Alarm]
        /// Its variants.
        public let variants: [Variant]
        /// Its metrics, one row a variant.
        public let results: [Result]

        /// Creates an experiment's rows.
        public init(
            experiment: ExperimentName, phase: Int, status: String,
            counts: (unitsExposed: Int, unitsCrossover: Int, outcomes: Int, outcomesKept: Int),
            sampleRatioPValue: Double?, decision: String, decisionVariantID: VariantName?, alarms: [Alarm],
            variants: [Variant], results: [Result]
        ) {
            self.experiment = experiment
            self.phase = phase
            self.status = status
            self.counts = counts
            self.sampleRatioPValue = sampleRatioPValue
            self.decision = decision
            self.decisionVariantID = decisionVariantID
            self.alarms = alarms
            self.variants = variants
            self.results = results
        }
    }

    /// The last day it covers, in UTC, as `2026-01-31`.
    public let date: String
    /// The end of that day, in µs since 1970 UTC: rows from then on were left out.
    public let asOfMicroseconds: Int64
    /// The last rows of the logs that were there.
    public let last: (exposure: Int, outcome: Int)
    /// What became of units seen in several variants: `exclude` or `first`.
    public let crossovers: String
    /// The coverage of the intervals its decisions rest on.
    public let confidence: Double
    /// Its experiments.
    public let experiments: [Experiment]

    /// Creates a night.
    public init(
        date: String, asOfMicroseconds: Int64, last: (exposure: Int, outcome: Int), crossovers: String,
        confidence: Double, experiments: [Experiment]
    ) {
        self.date = date
        self.asOfMicroseconds = asOfMicroseconds
        self.last = last
        self.crossovers = crossovers
        self.confidence = confidence
        self.experiments = experiments
    }
}
