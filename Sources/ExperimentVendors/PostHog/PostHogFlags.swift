import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// PostHog's local-evaluation flags: what `/api/feature_flag/local_evaluation` answers.
public struct PostHogFlags: Sendable {
    /// The flags, in the order of the file.
    public let flags: [PostHogFlag]
    /// The types of group by their number.
    public let groupTypes: [String: String]
    /// The paths of fields that this library does not know, in the order of the file.
    public internal(set) var unknownFields: [String] = []

    /// Reads the flags.
    /// - Parameter json: The file.
    /// - Throws: Every problem with it; nothing is taken from a file with problems.
    public init(json: Data) throws(VendorFileError) {
        let file = try VendorFile.read(json, PostHogFlags.init)
        self = file.value
        unknownFields = file.unreadFields
    }
}

extension PostHogFlags {
    /// Reads the flags; cohorts are part of conditions on properties.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        if !fields.contains("flags") {
            fields.problem("these are no local-evaluation flags of PostHog: there are no flags")
            fields = .standIn
        }
        flags = fields.required("flags").list(PostHogFlag.init)
        let types = fields.optional("group_type_mapping")?.fields.all.map { ($0.name.text, $0.reader.text) } ?? []
        groupTypes = Dictionary(types, uniquingKeysWith: { $1 })
        fields.noteUnread(["cohorts"])
    }
}
