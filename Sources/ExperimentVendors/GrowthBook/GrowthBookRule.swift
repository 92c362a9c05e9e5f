/// A rule of a feature: tried in order, the first that takes the user decides.
public enum GrowthBookRule: Sendable, Hashable {
    /// Splits units between variations.
    case experiment(GrowthBookExperiment)
    /// Gives a value to everybody, or to a share.
    case rollout(GrowthBookRollout)
}

extension GrowthBookRule: Decodable {
    private enum CodingKeys: String, CodingKey {
        case force, variations
    }

    /// Reads a rule by what it does.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if container.contains(.force) {
            self = .rollout(try GrowthBookRollout(from: decoder))
        } else if container.contains(.variations) {
            self = .experiment(try GrowthBookExperiment(from: decoder))
        } else {
            let path = VendorProblem.path(decoder.codingPath)
            throw VendorFileError([
                VendorProblem(path: path, reason: "is a rule of an unknown type: it has neither force nor variations")
            ])
        }
    }
}
