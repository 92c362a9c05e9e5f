#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The address that requests go to: a host, or a whole address.
public struct EndpointAddress: Sendable, Hashable {
    private let secret: Secret

    /// PostHog's cloud in the US.
    public static let postHogUS = EndpointAddress(known: "https://us.i.posthog.com")
    /// PostHog's cloud in the EU.
    public static let postHogEU = EndpointAddress(known: "https://eu.i.posthog.com")
    /// Statsig's cloud.
    public static let statsig = EndpointAddress(known: "https://events.statsigapi.net")
    /// GrowthBook's cloud in the region us-east-1.
    public static let growthBookUS = EndpointAddress(known: "https://us-east-1.gb-ingest.com")
    /// GrowthBook's cloud in the region eu-west-1.
    public static let growthBookEU = EndpointAddress(known: "https://eu-west-1.gb-ingest.com")
    /// Optimizely's cloud in the US.
    public static let optimizelyUS = EndpointAddress(known: "https://logx.optimizely.com")
    /// Optimizely's cloud in the EU.
    public static let optimizelyEU = EndpointAddress(known: "https://eu.logx.optimizely.com")

    private init(known text: String) {
        secret = Secret(text)
    }

    /// Reads an address.
    /// - Parameters:
    ///   - text: `https://…`; `http://` for this machine only, since what is sent holds keys and ids.
    ///   - allowsPlainHTTP: Whether `http://` may lead to another machine, as it does behind a proxy of one's own.
    /// - Throws: What is wrong with it; never the address itself, which may hold a key.
    public init(_ text: Secret, allowsPlainHTTP: Bool = false) throws(ForwardingConfigurationError) {
        guard let url = URL(string: text.text), let host = url.host(), !host.isEmpty else {
            throw ForwardingConfigurationError("address", "must be a URL with a host, such as https://example.org")
        }
        switch url.scheme?.lowercased() {
        case "https": break
        case "http":
            guard allowsPlainHTTP || ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host) else {
                throw ForwardingConfigurationError(
                    "address", "must be https: keys and ids would be readable on their way")
            }
        default: throw ForwardingConfigurationError("address", "must begin with https://")
        }
        guard url.fragment == nil, url.user() == nil else {
            throw ForwardingConfigurationError("address", "must have no user and no fragment")
        }
        secret = text
    }

    /// The whole address.
    package var url: String { secret.text }

    /// The address of a path on the host.
    package func url(path: String) -> String {
        let base = secret.text
        return (base.hasSuffix("/") ? String(base.dropLast()) : base) + path
    }
}

/// Something is wrong with how forwarding is set up; nothing was sent.
public struct ForwardingConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The setting that is wrong, such as `address`.
    public let field: String
    /// The rule it breaks, as the end of a sentence: `must be https`.
    public let rule: String

    /// Creates an error.
    /// - Parameters:
    ///   - field: What is wrong.
    ///   - rule: The rule it breaks.
    public init(_ field: String, _ rule: String) {
        self.field = field
        self.rule = rule
    }

    /// The field and the rule, without keys or addresses.
    public var description: String { "\(field) \(rule)" }
}
