public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What a vendor's file calls something: a key, an id, a salt, a field; bytes, as to the vendor's own program.
public typealias VendorName = Name<Vendor>

/// A vendor to move in from.
public enum Vendor: String, Sendable, Hashable, CaseIterable, Codable {
    case growthBook = "growthbook"
    case statsig
    case postHog = "posthog"
    case optimizely

    /// What the vendor's SDKs hash of a text, the usual one first; one where they all agree.
    public var encodings: [TextEncoding] {
        switch self {
        case .growthBook: [.utf16, .codepoint, .utf8]
        case .optimizely: [.utf8, .utf16LowByte]
        case .statsig, .postHog: [.utf8]
        }
    }

    /// Plans the move from a vendor's own configuration file.
    /// - Parameters:
    ///   - json: The file: GrowthBook's features payload, Statsig's config specs, PostHog's local-evaluation flags or
    ///     Optimizely's datafile.
    ///   - encoding: What the team's SDKs hash of a text: one of ``encodings``, the first unless given.
    /// - Returns: The plan.
    /// - Throws: Every problem with the file; nothing is taken from a file with problems.
    public func plan(json: Data, encoding: TextEncoding? = nil) throws(VendorFileError) -> CarryOverPlan {
        let encoding = encoding ?? encodings[0]
        switch self {
        case .growthBook:
            var options = GrowthBookOptions()
            options.encoding = encoding
            return try GrowthBookPayload(json: json).plan(options)
        case .statsig: return try StatsigSpecs(json: json).plan()
        case .postHog: return try PostHogFlags(json: json).plan()
        case .optimizely: return try OptimizelyDatafile(json: json).plan(encoding: encoding)
        }
    }
}
