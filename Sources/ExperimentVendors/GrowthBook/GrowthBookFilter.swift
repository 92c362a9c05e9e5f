import Experimentation

/// A hash that lets through whoever's point lies in one of its ranges: how experiments exclude each other.
///
/// A namespace is the older form: version 1 and two underscores before its id as the seed.
public struct GrowthBookFilter: Sendable, Hashable, Encodable {
    /// The hash's seed.
    public let seed: String
    /// Who passes.
    public let ranges: [GrowthBookRange]
    /// The attribute it hashes; nil for `id`.
    public let attribute: String?
    /// The hash's version; 2 unless the file says otherwise.
    public let hashVersion: Int

    /// Creates a filter.
    /// - Parameters:
    ///   - seed: The hash's seed.
    ///   - ranges: Who passes.
    ///   - attribute: The attribute it hashes; nil for `id`.
    ///   - hashVersion: The hash's version.
    public init(seed: String, ranges: [GrowthBookRange], attribute: String? = nil, hashVersion: Int = 2) {
        self.seed = seed
        self.ranges = ranges
        self.attribute = attribute
        self.hashVersion = hashVersion
    }

    /// Reads a filter of a rule or of settings.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        let attribute = fields.optional("attribute")?.text ?? ""
        let hashVersion = fields.optional("hashVersion")?.whole ?? 2
        let ranges = fields.required("ranges").list(GrowthBookRange.init)
        self.init(
            seed: fields.required("seed").text, ranges: ranges, attribute: attribute.isEmpty ? nil : attribute,
            hashVersion: hashVersion)
        fields.noteUnread()
    }

    /// Reads `[id, start, end]`, an experiment's namespace.
    init(namespace reader: JSONReader, attribute: String?) {
        let parts = reader.elements
        guard parts.count == 3 else {
            reader.problem("must be an id and two numbers")
            self.init(seed: "", ranges: [])
            return
        }
        let range = GrowthBookRange(parts[1].number, parts[2].number)
        self.init(seed: "__" + parts[0].text, ranges: [range], attribute: attribute, hashVersion: 1)
    }
}
