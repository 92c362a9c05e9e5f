public import FoundationEssentials

/// GrowthBook's features payload: what `/api/features/KEY` answers.
public struct GrowthBookPayload: Sendable {
    /// The features, by key, in the order of their bytes.
    public let features: [(name: String, value: GrowthBookFeature)]
    /// Experiments that belong to no feature, such as those of the visual editor.
    public let experiments: [GrowthBookExperiment]

    /// Reads a payload.
    /// - Parameter json: The file.
    /// - Throws: Every problem with it; nothing is taken from a file with problems.
    public init(json: Data) throws(VendorFileError) {
        self = try VendorFile.decode(GrowthBookPayload.self, json)
    }
}

extension GrowthBookPayload: Decodable {
    private enum CodingKeys: String, CodingKey {
        case features, experiments, encryptedFeatures
    }

    /// Reads a payload, or every problem with it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if container.contains(.encryptedFeatures), !container.contains(.features) {
            throw container.problem(.encryptedFeatures, "must be decrypted before it is imported")
        }
        guard container.contains(.features) else {
            throw VendorFileError([
                VendorProblem(path: "", reason: "this is no features payload of GrowthBook: it has no features")
            ])
        }
        var parts = VendorFileError.Collector()
        features = parts.part { try container.decodeNamed(GrowthBookFeature.self, forKey: .features) }
        experiments = parts.part {
            try container.decodeAllIfPresent(GrowthBookExperiment.self, forKey: .experiments) ?? []
        }
        try parts.check()
    }
}
