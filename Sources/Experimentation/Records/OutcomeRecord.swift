#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Something was measured about a unit.
public struct OutcomeRecord: Sendable, Hashable {
    /// The experiment it belongs to; nil when it belongs to none in particular, as a purchase does.
    ///
    /// An outcome without an experiment counts in every experiment in which its unit was exposed.
    public var experiment: ExperimentName?
    /// The metric's name: 1 to 128 bytes.
    public var metric: MetricName
    /// The value that was measured.
    public var value: OutcomeValue
    /// The user's id: 1 to 1,024 bytes without U+0000.
    public var userID: UnitID?
    /// Time at which the outcome happened: µs since 1970 UTC, within the years 1970 to 9999.
    public var timestampMicroseconds: Int64
    /// The session's id, by the rules of ``userID``; when nil, `attributes["session_id"]` stands for it.
    public var sessionID: UnitID?
    /// Facts about the outcome.
    public var attributes: [String: String] {
        get { facts.texts }
        set { facts.texts = newValue }
    }
    /// An id of the record, 1 to 64 bytes, unique among outcomes: the first write wins, so retrying is safe.
    public var id: RecordID?
    private var facts: Attributes

    /// Creates a record.
    /// - Parameters:
    ///   - experiment: The experiment it belongs to, or nil.
    ///   - metric: The metric's name.
    ///   - value: What was measured.
    ///   - userID: The user's id.
    ///   - timestamp: When it happened; rounded to the nearest microsecond.
    ///   - sessionID: The session's id.
    ///   - attributes: Facts about the outcome.
    ///   - id: The record's id, which makes retries safe.
    public init(
        experiment: String?, metric: String, value: OutcomeValue, userID: String?, timestamp: Date,
        sessionID: String? = nil, attributes: [String: String] = [:], id: String? = nil
    ) {
        self.init(
            experiment: experiment, metric: metric, value: value, userID: userID,
            timestampMicroseconds: timestamp.microsecondsSince1970, sessionID: sessionID, attributes: attributes,
            id: id)
    }

    /// Creates a record with an exact time.
    /// - Parameters:
    ///   - experiment: The experiment it belongs to, or nil.
    ///   - metric: The metric's name.
    ///   - value: What was measured.
    ///   - userID: The user's id.
    ///   - timestampMicroseconds: When it happened, in µs since 1970 UTC.
    ///   - sessionID: The session's id.
    ///   - attributes: Facts about the outcome.
    ///   - id: The record's id, which makes retries safe.
    public init(
        experiment: String?, metric: String, value: OutcomeValue, userID: String?, timestampMicroseconds: Int64,
        sessionID: String? = nil, attributes: [String: String] = [:], id: String? = nil
    ) {
        self.init(
            experiment: experiment.map { ExperimentName($0) }, metric: MetricName(metric), value: value,
            userID: userID.map { UnitID($0) }, timestampMicroseconds: timestampMicroseconds,
            sessionID: sessionID.map { UnitID($0) }, attributes: attributes, id: id.map { RecordID($0) })
    }

    /// Creates a record of names, with an exact time.
    /// - Parameters:
    ///   - experiment: The experiment it belongs to, or nil.
    ///   - metric: The metric's name.
    ///   - value: What was measured.
    ///   - userID: The user's id.
    ///   - timestampMicroseconds: When it happened, in µs since 1970 UTC.
    ///   - sessionID: The session's id.
    ///   - attributes: Facts about the outcome.
    ///   - id: The record's id, which makes retries safe.
    public init(
        experiment: ExperimentName?, metric: MetricName, value: OutcomeValue, userID: UnitID?,
        timestampMicroseconds: Int64, sessionID: UnitID? = nil, attributes: [String: String] = [:],
        id: RecordID? = nil
    ) {
        self.experiment = experiment
        self.metric = metric
        self.value = value
        self.userID = userID
        self.timestampMicroseconds = timestampMicroseconds
        self.sessionID = sessionID
        facts = Attributes(texts: attributes)
        self.id = id
    }

    /// Time at which the outcome happened.
    public var timestamp: Date {
        get { Date(microsecondsSince1970: timestampMicroseconds) }
        set { timestampMicroseconds = newValue.microsecondsSince1970 }
    }
}
