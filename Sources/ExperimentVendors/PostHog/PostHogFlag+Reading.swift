import Experimentation

extension PostHogFlag {
    /// Fields of a flag that say nothing about who gets what.
    private static let silentFields: [JSONNode.FieldName] = [
        "name", "team_id", "has_encrypted_payloads", "evaluation_runtime", "evaluation_tags",
        "is_simple_flag", "rollout_percentage", "tags", "created_at", "updated_at", "created_by", "experiment_set",
        "features",
    ]
    private static let identifiers = ["distinct_id", "device_id"]

    /// Reads a flag.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.optional("id")?.whole
        version = fields.optional("version")?.whole
        key = fields.required("key").name
        let isDeleted = fields.optional("deleted")?.flag ?? false
        isActive = fields.required("active").flag && !isDeleted
        isContinuous = fields.optional("ensure_experience_continuity")?.flag ?? false
        var filters = fields.required("filters").fields
        let identifiers = [fields.optional("bucketing_identifier"), filters.optional("bucketing_identifier")]
        countsDevices = identifiers.contains { $0.map(Self.isDevice) ?? false }
        groupTypeIndex = filters.optional("aggregation_group_type_index")?.whole
        conditions = filters.optional("groups")?.list(PostHogCondition.init) ?? []
        var multivariate = filters.optional("multivariate")?.fields
        variants = multivariate?.required("variants").list(PostHogVariant.init) ?? []
        multivariate?.noteUnread()
        holdout = filters.optional("holdout").map(PostHogHoldout.init)
        isExitingEarly = filters.optional("early_exit")?.flag ?? false
        filters.noteUnread(["payloads"])
        fields.noteUnread(Self.silentFields)
    }

    private static func isDevice(_ reader: JSONReader) -> Bool {
        let name = reader.text
        if !identifiers.contains(name) { reader.problem("must be distinct_id or device_id") }
        return name == "device_id"
    }
}
