public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// GrowthBook's features payload: what `/api/features/KEY` answers.
public struct GrowthBookPayload: Sendable {
    /// The features, by key, in the order of the file.
    public let features: [(name: VendorName, value: GrowthBookFeature)]
    /// Experiments that belong to no feature, such as those of the visual editor.
    public let experiments: [GrowthBookExperiment]

    /// The paths of fields that this library does not know, in the order of the file.
    public internal(set) var unknownFields: [String] = []

    /// Reads a payload.
    /// - Parameter json: The file.
    /// - Throws: Every problem with it; nothing is taken from a file with problems.
    public init(json: Data) throws(VendorFileError) {
        let file = try VendorFile.read(json, GrowthBookPayload.init)
        self = file.value
        unknownFields = file.unreadFields
    }
}

extension GrowthBookPayload {
    /// Fields that say nothing about who gets what; saved groups are part of conditions.
    private static let silentFields: [JSONNode.FieldName] = [
        "status", "dateUpdated", "savedGroups", "encryptedSavedGroups",
    ]

    /// Reads a payload.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        if !fields.contains("features"), !fields.contains("encryptedFeatures") {
            fields.problem("this is no features payload of GrowthBook: it has no features")
            fields = .standIn
        }
        let parts = (
            features: fields.contains("features") ? fields.required("features") : nil,
            experiments: fields.optional("experiments")
        )
        let encrypted: [(JSONNode.FieldName, JSONReader?)] = [
            ("encryptedFeatures", parts.features), ("encryptedExperiments", parts.experiments),
        ]
        for (name, part) in encrypted {
            // Beside what is encrypted the server writes an object or a list with nothing in it.
            guard let encrypted = fields.optional(name), part?.isEmpty != false else { continue }
            encrypted.problem("must be decrypted before it is imported")
        }
        features = parts.features?.fields.all.map { ($0.name, GrowthBookFeature($0.reader)) } ?? []
        experiments = parts.experiments?.list(GrowthBookExperiment.init) ?? []
        fields.noteUnread(Self.silentFields)
    }
}
