import ExperimentJSON

/// The settings of an algorithm other than the default one, besides weights and seed, as the text of a JSON object.
///
/// Two are equal when they have the same UTF-8 bytes; the order of the keys, which bytes show, means nothing to an
/// algorithm.
public struct AssignmentSettings: Sendable, Hashable, CustomStringConvertible {
    private let bytes: Name<AssignmentSettings>

    /// Takes a text over.
    /// - Parameter json: A JSON object; ``Experiment`` checks its outside, and the algorithm reads the rest.
    public init(json: String) {
        bytes = Name(json)
    }

    /// The JSON object as it was given.
    public var json: String { bytes.text }

    /// The JSON object as it was given.
    public var description: String { json }

    /// Whether two settings say the same; where one cannot be read, whether they have the same bytes.
    package static func meanTheSame(_ left: AssignmentSettings?, _ right: AssignmentSettings?) -> Bool {
        if left == right { return true }
        guard let left = left.flatMap({ JSONValue(json: $0.json) }),
            let right = right.flatMap({ JSONValue(json: $0.json) })
        else { return false }
        return AssignmentSettings(json: left.canonical) == AssignmentSettings(json: right.canonical)
    }
}
