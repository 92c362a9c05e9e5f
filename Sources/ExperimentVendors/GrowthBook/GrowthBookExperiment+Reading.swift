import Experimentation

extension GrowthBookExperiment {
    /// Fields of a rule that say nothing about who gets what.
    static let silentFields: [JSONNode.FieldName] = [
        "name", "phase", "tracks", "id", "manual", "changeId", "persistQueryString", "fallbackAttribute",
        "bucketVersion", "minBucketVersion", "disableStickyBucketing",
    ]
    /// Fields that narrow who takes part.
    private static let targetingFields: [JSONNode.FieldName] = [
        "condition", "parentConditions", "urlPatterns", "groups", "include", "url",
    ]
    private static let states = ["draft", "running", "stopped"]

    /// Reads a rule with variations, or an experiment of its own.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        key = fields.optional("key")?.name ?? ""
        variations = fields.required("variations").list(\.value)
        meta = fields.optional("meta")?.list(Meta.init) ?? []
        seed = fields.optional("seed")?.text
        hashVersion = GrowthBookHash.version(fields.optional("hashVersion"))
        weights = fields.optional("weights")?.list(\.number)
        coverage = fields.optional("coverage")?.number
        givenRanges = fields.optional("ranges")?.list(GrowthBookRange.init)
        hashAttribute = GrowthBookUser.hashAttribute(fields.optional("hashAttribute"))
        let given = fields.optional("filters")?.list(GrowthBookFilter.init) ?? []
        let attribute = hashAttribute
        let namespace = fields.optional("namespace").map { GrowthBookFilter(namespace: $0, attribute: attribute) }
        filters = given.isEmpty ? namespace.map { [$0] } ?? [] : given
        fallbackAttribute = fields.optional("fallbackAttribute")?.text
        force = fields.optional("force")?.whole
        let state = fields.optional("status")
        status = state?.text
        if let status, !Self.states.contains(status) { state?.problem("must be draft, running or stopped") }
        active = fields.optional("active")?.flag
        bucketVersion = fields.optional("bucketVersion")?.whole ?? 0
        minBucketVersion = fields.optional("minBucketVersion")?.whole ?? 0
        isStickyBucketingDisabled = fields.optional("disableStickyBucketing")?.flag ?? false
        targeting = Self.targetingFields.filter { fields.optional($0)?.isEmpty == false }.map(\.text)
        fields.noteUnread(Self.silentFields)
    }
}

extension GrowthBookExperiment.Meta {
    /// Reads what a variation is called.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        key = fields.optional("key")?.name
        passthrough = fields.optional("passthrough")?.flag
        fields.noteUnread(["name"])
    }
}

extension GrowthBookHash {
    /// Reads the version of a rule's hash; 0 is the same as none.
    static func version(_ reader: JSONReader?) -> Int {
        let version = reader?.whole ?? 0
        return version == 0 ? 1 : version
    }
}

extension GrowthBookUser {
    /// Reads the name of the attribute that is hashed; an empty one is the same as none.
    static func hashAttribute(_ reader: JSONReader?) -> String {
        let name = reader?.text ?? ""
        return name.isEmpty ? "id" : name
    }
}
