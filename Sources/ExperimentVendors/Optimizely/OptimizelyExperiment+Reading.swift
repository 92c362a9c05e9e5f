extension OptimizelyExperiment {
    /// Fields that say nothing about who gets what.
    private static let silentFields = ["type", "name"]

    /// The states an experiment, a rule or a holdout can be in.
    private static let states = [
        "Running", "Not started", "Paused", "Launched", "Archived", "Concluded", "Draft",
    ]

    /// Reads an experiment, a rule or a holdout.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").text
        key = fields.required("key").text
        layerID = fields.optional("layerId")?.text ?? ""
        let state = fields.required("status")
        status = state.text
        if !Self.states.contains(status) {
            state.problem("must be one of \(Self.states.joined(separator: ", "))")
        }
        variations = fields.required("variations").list(Variation.init)
        trafficAllocation = fields.required("trafficAllocation").list(Range.init)
        let forced = fields.optional("forcedVariations")?.fields.all ?? []
        forcedVariations = forced.map { ForcedVariation(userID: $0.name, key: $0.reader.text) }
        audienceIDs = fields.optional("audienceIds")?.list(\.text) ?? []
        audienceConditions = fields.optional("audienceConditions")?.value
        isServerDecided = fields.optional("cmab") != nil
        includedRules = fields.optional("includedRules")?.list(\.text) ?? []
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
        id = fields.required("id").text
        key = fields.required("key").text
        isFeatureEnabled = fields.optional("featureEnabled")?.flag ?? true
        fields.noteUnread(["name", "variables"])
    }
}

extension OptimizelyExperiment.Range {
    /// Reads a range.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        entityId = fields.required("entityId").text
        endOfRange = fields.required("endOfRange").whole
        fields.noteUnread()
    }
}
