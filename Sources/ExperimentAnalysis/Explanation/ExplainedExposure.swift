public import Experimentation

/// A logged exposure of a unit, and what became of it.
public struct ExplainedExposure: Sendable, Hashable {
    /// Roles that an exposure can have in the analysis of a phase; the raw values are what reports write.
    public enum Role: String, Sendable, Hashable, CaseIterable {
        /// The exposure starts the unit.
        case first = "first_exposure"
        /// The exposure is enrolled, and comes after the first.
        case repeated = "repeat"
        /// A tester asked for it.
        case override
        /// The unit was not enrolled.
        case notEnrolled = "not_enrolled"
        /// The experiment was not running.
        case notRunning = "not_running"
        /// The exposure has no id of the experiment's unit.
        case noUnit = "no_unit"
        /// The exposure is of another phase than the one explained.
        case otherPhase = "other_phase"
    }

    /// Number of the exposure in the log.
    public let exposure: Int
    /// The phase that it belongs to: what its record says, else the one in force at its time.
    public let phase: Int
    /// Variant that was shown.
    public let variantID: VariantName
    /// Enrollment as the record says, else by whether the exposure's time lies in a run of the experiment.
    public let enrollment: Enrollment
    /// Time of the exposure, in µs since 1970 UTC.
    public let timestampMicroseconds: Int64
    /// The user; nil when unknown.
    public let userID: UnitID?
    /// The session; nil when unknown.
    public let sessionID: UnitID?
    /// Attributes that were known of the unit.
    public let attributes: [RecordAttribute]
    /// Role of the exposure in the analysis.
    public let role: Role
}
