public import ExperimentDefinitions
public import Experimentation

/// The change that applying a definition made, or would make.
public struct DefinitionChange: Sendable, Hashable {
    /// The thing that was defined.
    public enum Subject: Sendable, Hashable {
        /// An experiment, by its id.
        case experiment(ExperimentName)
        /// A metric, by its name and kind.
        case metric(MetricName, MetricKind)
        /// The global holdout, by its name.
        case holdout(HoldoutName)
        /// The zone whose days reports and nights count, by its name.
        case timezone(String)
    }

    /// One thing that changed.
    public enum Item: Sendable, Hashable {
        /// The design, which assigns the units: of the experiment's phase where it has not begun, else of a new one.
        case design(DesignField)
        /// More units take part; those that did keep their variant.
        case coverageRaised(from: Double, to: Double)
        /// A phase was opened, of this number.
        case newPhase(Int)
        /// The new phase's hash shuffles the units anew.
        case rerandomized
        /// The times at which the experiment starts or ends.
        case schedule
        /// The testers, and the variant that each gets.
        case overrides
        /// The experiment runs.
        case started
        /// The experiment is stopped.
        case stopped
        /// The experiment is a draft again.
        case withdrawn
        /// The variant that everybody gets.
        case winner
        /// The metrics that decide.
        case goals
        /// The metrics that must not get worse.
        case guardrails
        /// The plan of when the experiment is complete, and how large an effect must be.
        case plan
        /// The attributes by whose values it is tested in parts.
        case segments
        /// Whether what units did before sharpens the interval that decides.
        case covariate
        /// The way to find the unit of an outcome that lacks its unit's id.
        case identity
        /// Whether a change of what decides holds the verdict.
        case strictness
        /// The effect that the experiment is believed to show.
        case hypothesis
        /// The name of whoever answers for the experiment.
        case owner
        /// A field of a metric, by its key in a definitions file.
        case metric(String)
        /// The name of the holdout.
        case holdoutName
        /// The zone whose days were counted before.
        case timezone(from: String)
        /// The share of units that are held out.
        case holdoutShare(from: Double, to: Double)

        /// Whether a phase begins that takes over the holdout in force.
        public var beginsPhase: Bool {
            switch self {
            case .started, .newPhase: true
            default: false
            }
        }
    }

    /// The thing that was defined.
    public let subject: Subject
    /// Whether it is new in the file.
    public let isNew: Bool
    /// The items that changed; empty when nothing did.
    public let changes: [Item]
    /// Why it must not be changed so, each with what to do instead; nothing is done then.
    public let refusals: [ExperimentError]
    /// The units seen that the change moves; nil where the assignment does not change.
    public internal(set) var movement: UnitMovement?
    /// The running experiments that are not under it afterwards; only of the holdout.
    public internal(set) var keptHoldouts: [KeptHoldout] = []

    /// Whether the file was already as the definition says.
    public var isUnchanged: Bool { !isNew && changes.isEmpty }

    init(_ subject: Subject, isNew: Bool, changes: [Item] = [], refusals: [ExperimentError] = []) {
        self.subject = subject
        self.isNew = isNew
        self.changes = changes
        self.refusals = refusals
    }
}

/// The result of starting or stopping an experiment, from the transaction that did it.
public struct StatusChange: Sendable, Hashable {
    /// The experiment before.
    public let before: StoredExperiment
    /// The experiment afterwards.
    public let after: StoredExperiment
    /// Whether the experiment was already as asked.
    public let isUnchanged: Bool
    /// The holdout that its phase began with and goes on under, where another is in force by now; only of a start.
    public let keptHoldout: KeptHoldout?
}
