import Experimentation

extension OptimizelyExperiment {
    /// Fields that say nothing about who gets what.
    private static let silentFields: [JSONNode.FieldName] = ["type", "name"]

    /// The states an experiment, a rule or a holdout can be in.
    private static let states = [
        "Running", "Not started", "Paused", "Launched", "Archived", "Concluded", "Draft",
    ]

    /// Reads an experiment, a rule or a holdout.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").name
        key = fields.required("key").name
        layerID = fields.optional("layerId")?.name ?? ""
        let state = fields.required("status")
        status = state.text
        if !Self.states.contains(status) {
            state.problem("must be one of \(Self.states.joined(separator: ", "))")
        }
        variations = fields.required("variations").list(Variation.init)
        trafficAllocation = fields.required("trafficAllocation").list(Range.init)
        let forced = fields.optional("forcedVariations")?.fields.all ?? []
        forcedVariations = forced.map { ForcedVariation(userID: UnitID($0.name.text), key: $0.reader.name) }
        audienceIDs = fields.optional("audienceIds")?.list(\.text) ?? []
        audienceConditions = fields.optional("audienceConditions")?.value
        isServerDecided = fields.optional("cmab") != nil
        includedRules = fields.optional("includedRules")?.list(\.name) ?? []
        let flags = [fields.optional("includedFlags"), fields.optional("excludedFlags")]
        isForSomeFlags = flags.contains { $0?.list(\.text).isEmpty == false }
        isSparingDeliveries = fields.optional("excludeTargetedDeliveries")?.flag ?? false
        fields.noteUnread(Self.silentFields)
    }
}

extension OptimizelyExperiment.Variation {
    /// Reads a variation; its variables stay in the caller's code.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").name
        key = fields.required("key").name
        isFeatureEnabled = fields.optional("featureEnabled")?.flag ?? true
        fields.noteUnread(["name", "variables"])
    }
}

extension OptimizelyExperiment.Range {
    /// Reads a range.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        entityId = fields.required("entityId").name
        endOfRange = fields.required("endOfRange").whole
        fields.noteUnread()
    }
}
