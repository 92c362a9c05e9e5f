import Experimentation

extension OptimizelyDatafile {
    /// Fields that say nothing about who gets what, or, as audiences, are part of conditions.
    private static let silentFields: [JSONNode.FieldName] = [
        "sdkKey", "environmentKey", "sendFlagDecisions", "audiences", "typedAudiences", "variables", "integrations",
    ]

    /// Reads a datafile.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        if !fields.contains("experiments") || !fields.contains("version") {
            fields.problem("this is no Optimizely datafile: it has no version and experiments")
            fields = .standIn
        }
        let version = fields.required("version")
        if !["2", "3", "4"].contains(version.text) {
            version.problem("must be 2, 3 or 4, the versions this library knows")
        }
        revision = fields.optional("revision")?.text
        accountID = fields.optional("accountId")?.text
        projectID = fields.optional("projectId")?.text
        isInEU = fields.optional("region")?.text == "EU"
        anonymizesAddresses = fields.optional("anonymizeIP")?.flag ?? false
        filtersBots = fields.optional("botFiltering")?.flag
        attributes = fields.optional("attributes")?.list(Entity.init) ?? []
        events = fields.optional("events")?.list(Entity.init) ?? []
        experiments = fields.required("experiments").list(OptimizelyExperiment.init)
        groups = fields.optional("groups")?.list(Group.init) ?? []
        rollouts = fields.optional("rollouts")?.list(Rollout.init) ?? []
        flags = fields.optional("featureFlags")?.list(Flag.init) ?? []
        holdouts = fields.optional("holdouts")?.list(OptimizelyExperiment.init) ?? []
        localHoldouts = fields.optional("localHoldouts")?.list(OptimizelyExperiment.init) ?? []
        fields.noteUnread(Self.silentFields)
    }
}

extension OptimizelyDatafile.Entity {
    /// Reads an attribute or an event.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").name
        key = fields.required("key").name
        fields.noteUnread(["experimentIds"])
    }
}

extension OptimizelyDatafile.Group {
    /// Reads a group.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").name
        let policy = fields.required("policy")
        self.policy = policy.text
        if !["random", "overlapping"].contains(self.policy) { policy.problem("must be random or overlapping") }
        trafficAllocation = fields.required("trafficAllocation").list(OptimizelyExperiment.Range.init)
        experiments = fields.required("experiments").list(OptimizelyExperiment.init)
        fields.noteUnread()
    }
}

extension OptimizelyDatafile.Rollout {
    /// Reads a rollout.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").name
        rules = fields.required("experiments").list(OptimizelyExperiment.init)
        fields.noteUnread()
    }
}

extension OptimizelyDatafile.Flag {
    /// Reads a flag.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        key = fields.required("key").name
        experimentIDs = fields.optional("experimentIds")?.list(\.name) ?? []
        rolloutID = fields.optional("rolloutId")?.name ?? ""
        fields.noteUnread(["id", "variables"])
    }
}
