public import Experimentation

/// Somewhere that recorded rows are sent, and what of them.
public struct Destination: Sendable {
    /// The kinds of receiver.
    public enum Receiver: Sendable {
        /// GrowthBook's managed warehouse.
        case growthBook(GrowthBookIngestion)
        /// Statsig.
        case statsig(StatsigEvents)
        /// PostHog.
        case postHog(PostHogCapture)
        /// Optimizely.
        case optimizely(OptimizelyEvents)
        /// Any HTTP endpoint.
        case ndjson(NDJSONEndpoint)

        package var format: any EventFormat {
            switch self {
            case .growthBook(let receiver): receiver
            case .statsig(let receiver): receiver
            case .postHog(let receiver): receiver
            case .optimizely(let receiver): receiver
            case .ndjson(let receiver): receiver
            }
        }
    }

    /// The name that its place among the rows is kept under; another name starts from the beginning.
    public let name: DestinationName
    /// The vendor or endpoint that receives the rows.
    public let receiver: Receiver
    /// The rows that leave.
    public let filter: EventFilter
    /// The attributes that leave.
    public let attributes: AttributeChoice
    package let idKey: Secret?

    /// The shortest key to hash ids with, in bytes: ids are few enough to be tried out one by one with a shorter.
    private static let shortestKey = 16

    /// Describes a destination.
    /// - Parameters:
    ///   - name: The name that its place among the rows is kept under: 1 to 128 bytes.
    ///   - receiver: Who receives.
    ///   - filter: Which rows leave; all by default.
    ///   - attributes: Which attributes leave; none by default.
    ///   - idKey: Hashes the ids of users and sessions (HMAC-SHA-256); nil where they leave as they are. At least 16 bytes.
    /// - Throws: What is wrong: a bad name, a short key, an experiment that the receiver does not know.
    public init(
        _ name: DestinationName, to receiver: Receiver, filter: EventFilter = EventFilter(),
        attributes: AttributeChoice = AttributeChoice(), idKey: Secret? = nil
    ) throws(ForwardingConfigurationError) {
        guard 1...128 ~= name.text.utf8.count else {
            throw ForwardingConfigurationError("name", "must have 1 to 128 bytes")
        }
        if let idKey, idKey.text.utf8.count < Self.shortestKey {
            throw ForwardingConfigurationError("the key that ids are hashed with", "must have at least 16 bytes")
        }
        if let known = receiver.format.knownExperiments, let wanted = filter.experiments {
            let unknown = wanted.subtracting(known).min()
            if let unknown {
                throw ForwardingConfigurationError("experiments", "name '\(unknown)', which the vendor's file lacks")
            }
        }
        self.name = name
        self.receiver = receiver
        self.filter = filter
        self.attributes = attributes
        self.idKey = idKey
    }
}
