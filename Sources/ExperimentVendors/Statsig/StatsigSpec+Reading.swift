import Experimentation

extension StatsigSpec {
    /// The conditions that the second form of the file lists apart, by name.
    typealias Conditions = [VendorName: StatsigCondition]

    /// Fields that say nothing about who gets what.
    private static let silentFields: [JSONNode.FieldName] = [
        "type", "explicitParameters", "hasSharedParams", "isDeviceBased", "checksum", "owner",
        "forwardAllExposures",
    ]

    /// Reads a spec.
    /// - Parameters:
    ///   - reader: The spec.
    ///   - name: Its name, where the file has specs by name; nil where the spec says it.
    ///   - conditions: The conditions that rules may name.
    init(_ reader: JSONReader, name: VendorName?, _ conditions: Conditions) {
        var fields = reader.fields
        let ownName = name == nil ? fields.required("name") : fields.optional("name")
        self.name = name ?? ownName?.name ?? ""
        version = fields.optional("version")?.whole
        salt = fields.required("salt").text
        isEnabled = fields.required("enabled").flag
        defaultValue = fields.optional("defaultValue")?.value ?? .null
        let type = fields.optional("idType")?.text ?? "userID"
        idType = type
        entity = fields.optional("entity")?.text ?? ""
        isActive = fields.optional("isActive")?.flag
        rules = fields.required("rules").list { Rule($0, idType: type, conditions) }
        fields.noteUnread(Self.silentFields)
    }
}

extension StatsigSpec.Rule {
    /// Fields that say nothing about who gets what.
    private static let silentFields: [JSONNode.FieldName] = ["name", "isDeviceBased", "samplingRate"]

    /// Reads a rule.
    init(_ reader: JSONReader, idType: String, _ conditions: StatsigSpec.Conditions) {
        var fields = reader.fields
        id = fields.required("id").name
        groupName = fields.optional("groupName")?.name
        salt = fields.optional("salt")?.text ?? id.text
        passPercentage = fields.required("passPercentage").number
        self.idType = fields.optional("idType")?.text ?? idType
        self.conditions = fields.required("conditions").list { reader in
            guard reader.isText else { return StatsigCondition(reader) }
            if let condition = conditions[reader.name] { return condition }
            reader.problem("names no condition of condition_map")
            return StatsigCondition(test: .everybody, idType: idType)
        }
        returnValue = fields.optional("returnValue")?.value ?? .null
        configDelegate = fields.optional("configDelegate")?.name
        isExperimentGroup = fields.optional("isExperimentGroup")?.flag ?? false
        fields.noteUnread(Self.silentFields)
    }
}
