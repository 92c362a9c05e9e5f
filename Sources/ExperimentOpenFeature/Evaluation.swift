import Experimentation

/// Requirement 2.1.1: what a provider says of itself.
public struct ProviderMetadata: Sendable, Hashable {
    /// The provider's name.
    public let name: String
}

/// Section 3: who asks.
public struct EvaluationContext: Sendable, Hashable {
    /// The name of the attribute that holds the session's id.
    public static let sessionAttribute = "session_id"

    /// Requirement 3.1.1: the id by which a flag is split; here the user's.
    public var targetingKey: String?
    /// Requirement 3.1.2: facts about the unit.
    ///
    /// `session_id` among them is the session's id.
    public var attributes: [String: String]

    /// Creates a context.
    /// - Parameters:
    ///   - targetingKey: The user's id, if known.
    ///   - attributes: Facts about the unit.
    public init(targetingKey: String? = nil, attributes: [String: String] = [:]) {
        self.targetingKey = targetingKey
        self.attributes = attributes
    }

    /// The same for a plugin.
    var unit: ExperimentContext {
        ExperimentContext(
            userID: targetingKey, sessionID: attributes[Self.sessionAttribute], attributes: attributes)
    }

}

/// Requirement 1.4: a flag's value, and how it came about.
public struct ProviderEvaluation<Value: Sendable>: Sendable {
    /// The variant to show.
    public let value: Value
    /// The variant's id; nil where the flag could not be resolved.
    public let variant: String?
    /// The way in which the value came about.
    public let reason: ResolutionReason
    /// Why the flag could not be resolved; nil where it was.
    public let errorCode: ErrorCode?
    /// The same as a sentence, without user data.
    public let errorMessage: String?
    /// The plugin's answer, for an ``ExposureHook``.
    let resolved: Variant?

    init(
        value: Value, variant: String? = nil, reason: ResolutionReason, errorCode: ErrorCode? = nil,
        errorMessage: String? = nil, resolved: Variant? = nil
    ) {
        self.value = value
        self.variant = variant
        self.reason = reason
        self.errorCode = errorCode
        self.errorMessage = errorMessage
        self.resolved = resolved
    }
}

/// Types, 2.1: how a value came about; the raw values are the specification's.
public enum ResolutionReason: String, Sendable, Hashable, CaseIterable {
    /// The experiment's weights chose.
    case split = "SPLIT"
    /// The unit is a tester with a variant of its own.
    case targetingMatch = "TARGETING_MATCH"
    /// The unit takes no part, so it gets the control.
    case `default` = "DEFAULT"
    /// The experiment does not run.
    case disabled = "DISABLED"
    /// The flag could not be resolved.
    case error = "ERROR"

    init(_ enrollment: Enrollment) {
        self =
            switch enrollment {
            case .enrolled: .split
            case .override: .targetingMatch
            case .notEnrolled: .default
            case .notRunning: .disabled
            }
    }
}

/// Types, 2.2: why a flag could not be resolved; the raw values are the specification's.
public enum ErrorCode: String, Sendable, Hashable, CaseIterable {
    /// There is no experiment of that id.
    case flagNotFound = "FLAG_NOT_FOUND"
    /// An id breaks a rule.
    case invalidContext = "INVALID_CONTEXT"
    /// The plugin failed.
    case general = "GENERAL"

    init(_ error: ExperimentError) {
        self =
            switch error {
            case .experimentNotFound: .flagNotFound
            case .invalidContext: .invalidContext
            case .backend: .general
            }
    }
}

/// Requirement 6.2: what was measured.
public struct TrackingEventDetails: Sendable, Hashable {
    /// An amount; nil where only that it happened counts.
    public var value: Double?
    /// Facts about the event.
    public var attributes: [String: String]
    /// An id of the event, 1 to 64 bytes, so that tracking it again changes nothing.
    public var id: String?

    /// Creates details.
    /// - Parameters:
    ///   - value: An amount.
    ///   - attributes: Facts about the event.
    ///   - id: The event's id.
    public init(value: Double? = nil, attributes: [String: String] = [:], id: String? = nil) {
        self.value = value
        self.attributes = attributes
        self.id = id
    }
}
