public import FoundationEssentials

/// PostHog's local-evaluation flags: what `/api/feature_flag/local_evaluation` answers.
public struct PostHogFlags: Sendable {
    /// The flags, in the order of the file.
    public let flags: [PostHogFlag]
    /// The types of group by their number.
    public let groupTypes: [String: String]

    /// Reads the flags.
    /// - Parameter json: The file.
    /// - Throws: Every problem with it; nothing is taken from a file with problems.
    public init(json: Data) throws(VendorFileError) {
        self = try VendorFile.decode(PostHogFlags.self, json)
    }
}

extension PostHogFlags: Decodable {
    private enum CodingKeys: String, CodingKey {
        case flags
        case groupTypes = "group_type_mapping"
    }

    /// Reads the flags, or every problem with them.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard container.contains(.flags) else {
            throw VendorFileError([
                VendorProblem(path: "", reason: "these are no local-evaluation flags of PostHog: there are no flags")
            ])
        }
        flags = try container.decodeAll(PostHogFlag.self, forKey: .flags)
        groupTypes = try container.decodeIfPresent([String: String].self, forKey: .groupTypes) ?? [:]
    }
}
