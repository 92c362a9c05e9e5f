public import FoundationEssentials

/// A unit was shown a variant.
public struct ExposureRecord: Sendable, Hashable {
    /// The experiment's id.
    public var experiment: String
    /// The id of the variant shown: one of the experiment's, of this phase or an earlier one.
    public var variantID: String
    /// The user's id: 1 to 1,024 bytes without U+0000.
    public var userID: String?
    /// When it was shown: µs since 1970 UTC, within the years 1970 to 9999.
    public var timestampMicroseconds: Int64
    /// The session's id, by the rules of ``userID``; when nil, `attributes["session_id"]` stands for it.
    public var sessionID: String?
    /// Facts about the unit at that moment.
    public var attributes: [String: String]
    /// Whether this exposure counts; ``Enrollment/enrolled`` unless the ``Variant`` said otherwise.
    public var enrollment: Enrollment
    /// An id of the record, 1 to 64 bytes, unique among exposures: the first write wins, so retrying is safe.
    public var id: String?

    /// Creates a record from its parts.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - variantID: The id of the variant shown.
    ///   - userID: The user's id.
    ///   - timestamp: When it was shown; rounded to the nearest microsecond.
    ///   - sessionID: The session's id.
    ///   - attributes: Facts about the unit.
    ///   - enrollment: Whether this exposure counts.
    ///   - id: The record's id, which makes retries safe.
    public init(
        experiment: String, variantID: String, userID: String?, timestamp: Date, sessionID: String? = nil,
        attributes: [String: String] = [:], enrollment: Enrollment = .enrolled, id: String? = nil
    ) {
        self.init(
            experiment: experiment, variantID: variantID, userID: userID,
            timestampMicroseconds: timestamp.microsecondsSince1970, sessionID: sessionID, attributes: attributes,
            enrollment: enrollment, id: id)
    }

    /// Creates a record from its parts, with an exact time.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - variantID: The id of the variant shown.
    ///   - userID: The user's id.
    ///   - timestampMicroseconds: When it was shown, in µs since 1970 UTC.
    ///   - sessionID: The session's id.
    ///   - attributes: Facts about the unit.
    ///   - enrollment: Whether this exposure counts.
    ///   - id: The record's id, which makes retries safe.
    public init(
        experiment: String, variantID: String, userID: String?, timestampMicroseconds: Int64, sessionID: String? = nil,
        attributes: [String: String] = [:], enrollment: Enrollment = .enrolled, id: String? = nil
    ) {
        self.experiment = experiment
        self.variantID = variantID
        self.userID = userID
        self.timestampMicroseconds = timestampMicroseconds
        self.sessionID = sessionID
        self.attributes = attributes
        self.enrollment = enrollment
        self.id = id
    }

    /// Creates the record of showing an assigned variant.
    /// - Parameters:
    ///   - variant: What ``ExperimentPlugin/assign(_:for:)`` answered.
    ///   - context: Whom it answered.
    ///   - timestamp: When it was shown; now by default.
    ///   - id: The record's id, which makes retries safe.
    public init(of variant: Variant, to context: ExperimentContext, at timestamp: Date = .now, id: String? = nil) {
        self.init(
            experiment: variant.experiment, variantID: variant.variantID, userID: context.userID, timestamp: timestamp,
            sessionID: context.sessionID, attributes: context.attributes, enrollment: variant.enrollment, id: id)
    }

    /// When it was shown.
    public var timestamp: Date {
        get { Date(microsecondsSince1970: timestampMicroseconds) }
        set { timestampMicroseconds = newValue.microsecondsSince1970 }
    }

    /// Whether two records are the same, texts byte for byte.
    public static func == (left: ExposureRecord, right: ExposureRecord) -> Bool {
        left.timestampMicroseconds == right.timestampMicroseconds && left.enrollment == right.enrollment
            && left.userID.isSameBytes(as: right.userID) && left.sessionID.isSameBytes(as: right.sessionID)
            && left.experiment.isSameBytes(as: right.experiment) && left.variantID.isSameBytes(as: right.variantID)
            && left.attributes.isSameBytes(as: right.attributes) && left.id.isSameBytes(as: right.id)
    }

    /// Hashes the time and the bytes of the unit's ids.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(timestampMicroseconds)
        hasher.combine(userID.map { ByteString($0) })
        hasher.combine(sessionID.map { ByteString($0) })
    }
}
