public import FoundationEssentials

/// A vendor to move in from.
public enum Vendor: String, Sendable, Hashable, CaseIterable, Codable {
    case growthBook = "growthbook"
    case statsig
    case postHog = "posthog"
    case optimizely

    /// Plans the move from a vendor's own configuration file.
    /// - Parameters:
    ///   - json: The file: GrowthBook's features payload, Statsig's config specs, PostHog's local-evaluation flags or
    ///     Optimizely's datafile.
    ///   - encoding: What the team's SDKs hash of a text, where the vendor's SDKs differ: GrowthBook (`utf16` unless
    ///     given) and Optimizely (`utf8` unless given).
    /// - Returns: The plan.
    /// - Throws: Every problem with the file; nothing is taken from a file with problems.
    public func plan(json: Data, encoding: TextEncoding? = nil) throws(VendorFileError) -> CarryOverPlan {
        switch self {
        case .growthBook:
            var options = GrowthBookOptions()
            options.encoding = encoding ?? .utf16
            return try GrowthBookPayload(json: json).plan(options)
        case .statsig: return try StatsigSpecs(json: json).plan()
        case .postHog: return try PostHogFlags(json: json).plan()
        case .optimizely: return try OptimizelyDatafile(json: json).plan(encoding: encoding ?? .utf8)
        }
    }
}
