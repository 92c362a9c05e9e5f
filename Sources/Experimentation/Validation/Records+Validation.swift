extension ExposureRecord {
    /// Checks everything that can be checked without knowing the experiments, and settles the session's id.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    package func validated() throws(ExperimentError) -> ExposureRecord {
        try Rules.checkName(experiment, field: "experiment")
        try Rules.checkName(variantID, field: "variant_id")
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
    /// Checks everything that can be checked without knowing the experiments, and settles the session's id.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    package func validated() throws(ExperimentError) -> OutcomeRecord {
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

extension Rules {
    /// Checks attributes: names by the rule of names, at most 64 KiB together.
    package static func checkAttributes(_ attributes: [String: String]) throws(ExperimentError) {
        guard !attributes.isEmpty else { return }
        var bytes = 0
        for (name, value) in attributes {
            try checkName(name, field: "attribute name")
            guard !value.utf8.contains(0) else { throw .invalid("attributes", "must not contain U+0000") }
            bytes += name.utf8.count + value.utf8.count
        }
        guard bytes <= maximumAttributeBytes else {
            throw .invalid("attributes", "must be at most \(maximumAttributeBytes) bytes together")
        }
    }
}
