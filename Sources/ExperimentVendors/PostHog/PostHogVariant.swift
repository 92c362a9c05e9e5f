public import Experimentation

/// A variant of a flag.
public struct PostHogVariant: Sendable, Hashable {
    /// The variant's key.
    public let key: VendorName
    /// Its share, in percent; not rescaled.
    public let rollout: Double
}

extension PostHogVariant {
    /// Reads a variant.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        key = fields.required("key").name
        rollout = fields.required("rollout_percentage").number
        fields.noteUnread(["name"])
    }
}
