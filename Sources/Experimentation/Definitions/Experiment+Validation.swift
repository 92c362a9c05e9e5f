import FoundationEssentials

extension Experiment {
    static func check(_ variants: [VariantDefinition]) throws(ExperimentError) {
        guard !variants.isEmpty else { throw .invalid("variants", "must not be empty") }
        guard variants.count <= Rules.maximumVariants else {
            throw .invalid("variants", "must be at most \(Rules.maximumVariants)")
        }
        for variant in variants {
            try Rules.checkName(variant.variantID, field: "variant_id")
            guard variant.weight.isFinite, variant.weight >= 0 else {
                throw .invalid("weight", "must be finite and not negative")
            }
        }
        guard isUnique(variants.map(\.variantID)) else {
            throw .invalid("variant_id", "must be unique in its experiment")
        }
        guard variants.count(where: \.isControl) == 1 else {
            throw .invalid("is_control", "must be set on exactly one variant")
        }
        let total = variants.reduce(0) { $0 + $1.weight }
        guard total > 0, total.isFinite else { throw .invalid("weight", "must have a positive, finite total") }
    }

    static func check(
        _ winner: String?, _ status: ExperimentStatus, _ variants: [VariantDefinition]
    ) throws(ExperimentError) {
        guard let winner else { return }
        guard variants.contains(where: { $0.variantID.isSameBytes(as: winner) }) else {
            throw .invalid("winner", "must be one of the experiment's variants")
        }
        guard status == .stopped else { throw .invalid("winner", "needs a stopped experiment") }
    }

    static func check(
        _ overrides: [VariantOverride], _ variants: [VariantDefinition]
    ) throws(ExperimentError) {
        for override in overrides {
            try Rules.checkUnitID(override.unitID, field: "override unit_id")
            guard variants.contains(where: { $0.variantID.isSameBytes(as: override.variantID) }) else {
                throw .invalid("override variant_id", "must be one of the experiment's variants")
            }
        }
        guard isUnique(overrides.map(\.unitID)) else { throw .invalid("override unit_id", "must be unique") }
    }

    /// Only the outside is looked at; the algorithm reads the rest.
    static func checkSettings(_ settings: String?) throws(ExperimentError) {
        guard let settings else { return }
        guard settings.utf8.first == UInt8(ascii: "{"), settings.utf8.last == UInt8(ascii: "}") else {
            throw .invalid("settings", "must be a JSON object")
        }
    }

    /// A date as the file can hold it.
    static func moment(_ date: Date?, _ field: String) throws(ExperimentError) -> Date? {
        guard let date else { return nil }
        let microseconds = date.microsecondsSince1970
        guard Rules.timestamps.contains(microseconds) else {
            throw .invalid(field, "must be within the years 1970 to 9999")
        }
        return Date(microsecondsSince1970: microseconds)
    }

    /// Every metric that is named twice in one role; not checked as a value is made, since files from before the rule hold
    /// such definitions.
    ///
    /// A goal may be a guardrail besides: the goal decides, and its margin stops.
    package var repeatedRoles: [ExperimentError] {
        func errors(_ role: String, _ metrics: [String]) -> [ExperimentError] {
            metrics.repeated.map { .invalid(role, "of '\(id)' must name '\($0)' once") }
        }
        return errors("goals", goals) + errors("guardrails", guardrails.map(\.metric))
    }

    /// Whether no two ids have the same bytes; a few are compared pair by pair, which is quicker than hashing them.
    private static func isUnique(_ ids: [String]) -> Bool {
        guard ids.count > 8 else {
            return ids.indices.allSatisfy { index in
                ids[..<index].allSatisfy { !$0.isSameBytes(as: ids[index]) }
            }
        }
        return Set(ids.map { ByteString($0) }).count == ids.count
    }
}
