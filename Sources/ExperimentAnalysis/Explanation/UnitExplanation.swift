public import Experimentation

/// Everything one unit has in an experiment: what it saw and did, what of that counts, and why the rest does not.
public struct UnitExplanation: Sendable, Hashable {
    /// The experiment's id.
    public let experiment: ExperimentName
    /// Status of the experiment: where it is in its life.
    public let status: ExperimentStatus
    /// Whether the experiment counts users or sessions.
    public let unit: ExperimentUnit
    /// The unit's id.
    public let unitID: UnitID
    /// The phase that is explained.
    public let phase: Int
    /// The rules it is explained by.
    public let options: AnalysisOptions
    /// Reason why none of the unit's outcomes counts, whatever their time; nil for a unit that the results are about.
    public let exclusion: DiscardReason?
    /// First exposure of the unit that is enrolled and of the phase; nil without one.
    public let first: FirstExposure?
    /// Contributions of the unit to each metric that it has an outcome of, by name and kind.
    ///
    /// To every other metric of the experiment an analysed unit adds 0. Empty for a unit that is left out.
    public let contributions: [UnitContribution]
    /// Exposures of the unit in every phase, in order of time, then of arrival.
    public let exposures: [ExplainedExposure]
    /// Outcomes of the unit, also those that name no experiment, in order of time, then of arrival.
    public let outcomes: [ExplainedOutcome]

    /// Whether the logs hold anything of the unit that concerns the experiment.
    public var isSeen: Bool { !exposures.isEmpty || !outcomes.isEmpty }
}

/// A unit's first enrolled exposure in a phase: it fixes the variant and the attributes by which the unit is segmented.
public struct FirstExposure: Sendable, Hashable {
    /// Number of the exposure in the log.
    public let exposure: Int
    /// The variant.
    public let variantID: VariantName
    /// Time of the exposure, in µs since 1970 UTC.
    public let timestampMicroseconds: Int64
    /// The unit's enrolled exposures in the phase, this one included.
    public let exposures: Int
    /// Whether the unit saw other variants, too.
    public let isCrossover: Bool
    /// Attributes that were known of the unit.
    public let attributes: [RecordAttribute]
}
