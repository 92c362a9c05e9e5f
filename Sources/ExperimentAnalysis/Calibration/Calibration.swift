public import Experimentation

/// Errors of the checks and verdicts of every night on the rows of a file, and the lifts that the nights find there.
///
/// The units of an experiment are dealt to its variants anew, many times, so that nothing distinguishes the variants: what is
/// then said on any night is a false alarm. In a second reading of the same splits the first treatment's values of the first
/// goal are raised, and the nights are counted until that is shipped.
public struct Calibration: Sendable, Hashable {
    /// An answer, and the number of splits that had it.
    public struct Frequency: Sendable, Hashable {
        /// The answer.
        public let answer: Answer
        /// Splits that had the answer on some night.
        public let splits: Int
        /// The share of splits that the method promises not to exceed; nil where nothing is promised of it alone.
        public let promised: Double?
    }

    /// An answer of the nights to an experiment in which nothing happens; each is a false alarm.
    public enum Answer: Sendable, Hashable {
        /// An alarm of any name that depends on who got which variant.
        case anyAlarm
        /// An alarm, by its name in reports.
        case alarm(String)
        /// A verdict to ship or to stop.
        case shipOrStop
        /// A verdict.
        case verdict(Verdict)
        /// A goal's interval that holds at every look excludes no difference, for any treatment.
        case goal(MetricName)
        /// A guardrail is beyond its margin, by any treatment.
        case guardrailBroken(MetricName)
        /// A metric other than goals and guardrails is found to have moved.
        case anotherMetric
    }

    /// Splits in which the nights find a treatment that raises the first goal, and the night by which half of them do.
    public struct Finding: Sendable, Hashable {
        /// The share by which every treated unit's value is raised; of a share of units, so many more of them convert.
        public let lift: Double
        /// Splits in which the goal was clearly better on some night.
        public let found: Int
        /// Splits in which the treatment was shipped on some night.
        public let shipped: Int
        /// The night by which half of all splits had found it, from 1; nil where fewer did.
        public let medianNight: Int?
    }

    /// The experiment.
    public let experiment: ExperimentName
    /// Whether users or sessions are counted.
    public let unit: ExperimentUnit
    /// Units of the experiment by the last night.
    public let units: Int
    /// The nights, each by the last day that it covers: days since 1970-01-01.
    public let days: [Int]
    /// Number of times that the units were dealt anew.
    public let splits: Int
    /// The seed of the splits: the same gives the same answers.
    public let seed: UInt64
    /// Alarms that stand in the file whoever got which variant, by name; while they do, no verdict is given.
    public let standingAlarms: [String]
    /// The answers, alarms first; answers that the experiment cannot give are left out.
    public let frequencies: [Frequency]
    /// The first goal; nil where there is none, or where it is no mean, so that nothing is raised.
    public let goal: MetricName?
    /// A finding for each lift that was asked for; empty without a goal.
    public let findings: [Finding]
}

/// Options of a calibration.
public struct CalibrationOptions: Sendable, Hashable {
    /// The experiments' ids; empty for all.
    public var experiments: [ExperimentName] = []
    /// Number of times that the units are dealt anew, 1 to 100,000; 200 by default.
    public var splits = 200
    /// The seed of the splits.
    public var seed: UInt64 = 1
    /// The lifts that a treatment has in the second reading; above 0.
    public var lifts = [0.01, 0.02, 0.05, 0.1, 0.2]
    /// Number of nights that are looked at, spread evenly where there are more; 60 by default.
    public var nights = 60
    /// The coverage of the intervals, in 0…1, ends excluded; 0.95 by default.
    public var confidence = 0.95
    /// Calendar whose days nights end with; UTC by default.
    public var calendar: DayCalendar = .utc

    /// Creates the default options.
    public init() {}
}
