import Experimentation

/// A share of all ids that no flag with this holdout gives a variant.
public struct PostHogHoldout: Sendable, Hashable {
    /// The holdout's number.
    public let id: Int
    /// The share, in percent.
    public let percentage: Double
}

extension PostHogHoldout {
    /// Reads a holdout.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").whole
        percentage = fields.required("exclusion_percentage").number
        fields.noteUnread()
    }
}
