extension ExposureRecord {
    /// Checks every rule of bad input that needs no knowledge of the experiments; a backend calls it before it stores.
    /// - Returns: The record, with ``sessionID`` taken from `attributes["session_id"]` where it was nil.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public func validated() throws(ExperimentError) -> ExposureRecord {
        try Rules.checkName(experiment, field: "experiment")
        try Rules.checkName(variantID, field: "variant_id")
        if let phase, phase < 1 { throw .invalid("phase", "must be 1 or more") }
        var record = self
        record.sessionID = try Session.id(sessionID, attributes)
        try Rules.checkUnitID(userID, field: "user_id")
        try Rules.checkUnitID(record.sessionID, field: "session_id")
        try Rules.checkTimestamp(timestampMicroseconds)
        try Rules.checkRecordID(id)
        try Rules.checkAttributes(attributes)
        return record
    }
}

extension OutcomeRecord {
    /// Checks every rule of bad input that needs no knowledge of the experiments; a backend calls it before it stores.
    /// - Returns: The record, with ``sessionID`` taken from `attributes["session_id"]` where it was nil.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public func validated() throws(ExperimentError) -> OutcomeRecord {
        if let experiment { try Rules.checkName(experiment, field: "experiment") }
        try Rules.checkName(metric, field: "metric")
        if case .numeric(let amount) = value, !amount.isFinite { throw .invalid("value", "must be finite") }
        var record = self
        record.sessionID = try Session.id(sessionID, attributes)
        try Rules.checkUnitID(userID, field: "user_id")
        try Rules.checkUnitID(record.sessionID, field: "session_id")
        try Rules.checkTimestamp(timestampMicroseconds)
        try Rules.checkRecordID(id)
        try Rules.checkAttributes(attributes)
        return record
    }
}

extension LinkRecord {
    /// Checks every rule of bad input; a backend calls it before it stores.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public func validate() throws(ExperimentError) {
        try Rules.checkUnitID(sessionID, field: "session_id")
        try Rules.checkUnitID(userID, field: "user_id")
        try Rules.checkTimestamp(timestampMicroseconds)
    }
}

extension Rules {
    /// Checks attributes: any text, at most 64 KiB together, so that one record cannot fill the writer's memory.
    package static func checkAttributes(_ attributes: [String: String]) throws(ExperimentError) {
        let bytes = attributes.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard bytes <= maximumAttributeBytes else {
            throw .invalid("attributes", "must be at most \(maximumAttributeBytes) bytes together")
        }
    }
}
