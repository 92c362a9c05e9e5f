#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A unit was shown a variant.
public struct ExposureRecord: Sendable, Hashable {
    /// The experiment's id.
    public var experiment: ExperimentName
    /// The id of the variant shown: one of the experiment's, of this phase or an earlier one.
    public var variantID: VariantName
    /// The user's id: 1 to 1,024 bytes without U+0000.
    public var userID: UnitID?
    /// Time at which the variant was shown: µs since 1970 UTC, within the years 1970 to 9999.
    public var timestampMicroseconds: Int64
    /// The session's id, by the rules of ``userID``; when nil, `attributes["session_id"]` stands for it.
    public var sessionID: UnitID?
    /// Facts about the unit at that moment.
    public var attributes: [String: String] {
        get { facts.texts }
        set { facts.texts = newValue }
    }
    /// Whether this exposure counts, as the ``Variant`` said; nil where nobody said it.
    ///
    /// Then the exposure is enrolled if its time lies in a run of the experiment, and else not running.
    public var enrollment: Enrollment?
    /// The phase whose variant was shown, from 1, as the ``Variant`` said; nil where nobody said it.
    ///
    /// Then the exposure belongs to the phase in force at its time.
    public var phase: Int?
    /// An id of the record, 1 to 64 bytes, unique among exposures: the first write wins, so retrying is safe.
    public var id: RecordID?
    private var facts: Attributes

    /// Creates a record from its parts.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - variantID: The id of the variant shown.
    ///   - userID: The user's id.
    ///   - timestamp: When it was shown; rounded to the nearest microsecond.
    ///   - sessionID: The session's id.
    ///   - attributes: Facts about the unit.
    ///   - enrollment: Whether this exposure counts; nil where its time decides.
    ///   - phase: The phase whose variant was shown; nil where its time decides.
    ///   - id: The record's id, which makes retries safe.
    public init(
        experiment: String, variantID: String, userID: String?, timestamp: Date, sessionID: String? = nil,
        attributes: [String: String] = [:], enrollment: Enrollment? = nil, phase: Int? = nil,
        id: String? = nil
    ) {
        self.init(
            experiment: experiment, variantID: variantID, userID: userID,
            timestampMicroseconds: timestamp.microsecondsSince1970, sessionID: sessionID, attributes: attributes,
            enrollment: enrollment, phase: phase, id: id)
    }

    /// Creates a record from its parts, with an exact time.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - variantID: The id of the variant shown.
    ///   - userID: The user's id.
    ///   - timestampMicroseconds: When it was shown, in µs since 1970 UTC.
    ///   - sessionID: The session's id.
    ///   - attributes: Facts about the unit.
    ///   - enrollment: Whether this exposure counts; nil where its time decides.
    ///   - phase: The phase whose variant was shown; nil where its time decides.
    ///   - id: The record's id, which makes retries safe.
    public init(
        experiment: String, variantID: String, userID: String?, timestampMicroseconds: Int64, sessionID: String? = nil,
        attributes: [String: String] = [:], enrollment: Enrollment? = nil, phase: Int? = nil,
        id: String? = nil
    ) {
        self.init(
            experiment: ExperimentName(experiment), variantID: VariantName(variantID),
            userID: userID.map { UnitID($0) },
            timestampMicroseconds: timestampMicroseconds, sessionID: sessionID.map { UnitID($0) },
            attributes: attributes, enrollment: enrollment, phase: phase, id: id.map { RecordID($0) })
    }

    /// Creates a record of names, with an exact time.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - variantID: The id of the variant shown.
    ///   - userID: The user's id.
    ///   - timestampMicroseconds: When it was shown, in µs since 1970 UTC.
    ///   - sessionID: The session's id.
    ///   - attributes: Facts about the unit.
    ///   - enrollment: Whether this exposure counts; nil where its time decides.
    ///   - phase: The phase whose variant was shown; nil where its time decides.
    ///   - id: The record's id, which makes retries safe.
    public init(
        experiment: ExperimentName, variantID: VariantName, userID: UnitID?, timestampMicroseconds: Int64,
        sessionID: UnitID? = nil, attributes: [String: String] = [:], enrollment: Enrollment? = nil, phase: Int? = nil,
        id: RecordID? = nil
    ) {
        self.experiment = experiment
        self.variantID = variantID
        self.userID = userID
        self.timestampMicroseconds = timestampMicroseconds
        self.sessionID = sessionID
        facts = Attributes(texts: attributes)
        self.enrollment = enrollment
        self.phase = phase
        self.id = id
    }

    /// Creates the record of showing an assigned variant.
    /// - Parameters:
    ///   - variant: What ``ExperimentPlugin/assign(_:for:)`` answered.
    ///   - context: Whom it answered.
    ///   - timestamp: When it was shown; now by default.
    ///   - id: The record's id, which makes retries safe.
    public init(of variant: Variant, to context: ExperimentContext, at timestamp: Date = .now, id: String? = nil) {
        experiment = variant.experiment
        variantID = variant.variantID
        userID = context.userID
        timestampMicroseconds = timestamp.microsecondsSince1970
        sessionID = context.sessionID
        facts = context.facts
        enrollment = variant.enrollment
        phase = variant.phase
        self.id = id.map { RecordID($0) }
    }

    /// Time at which the variant was shown.
    public var timestamp: Date {
        get { Date(microsecondsSince1970: timestampMicroseconds) }
        set { timestampMicroseconds = newValue.microsecondsSince1970 }
    }
}
