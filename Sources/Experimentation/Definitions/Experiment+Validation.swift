#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Experiment {
    /// Every rule that what was given breaks.
    var brokenRules: [ExperimentError] {
        var broken: [ExperimentError] = []
        broken.check { () throws(ExperimentError) in try Rules.checkName(id, field: "experiment") }
        checkVariants(&broken)
        checkWinner(&broken)
        for goal in goals {
            broken.check { () throws(ExperimentError) in try Rules.checkName(goal, field: "goal") }
        }
        if !(0...1 ~= coverage) { broken.append(.invalid("coverage", "must be at least 0 and at most 1")) }
        checkOverrides(&broken)
        if let seed { broken.check { () throws(ExperimentError) in try Rules.checkName(seed, field: "seed") } }
        checkSettings(&broken)
        checkDates(&broken)
        return broken
    }

    private func checkVariants(_ broken: inout [ExperimentError]) {
        guard !variants.isEmpty else { return broken.append(.invalid("variants", "must not be empty")) }
        if variants.count > Rules.maximumVariants {
            broken.append(.invalid("variants", "must be at most \(Rules.maximumVariants)"))
        }
        for variant in variants {
            broken.check { () throws(ExperimentError) in try Rules.checkName(variant.variantID, field: "variant_id") }
        }
        if !Self.areUnique(variants, { $0.variantID }) {
            broken.append(.invalid("variant_id", "must be unique in its experiment"))
        }
        if variants.count(where: \.isControl) != 1 {
            broken.append(.invalid("is_control", "must be set on exactly one variant"))
        }
        guard variants.allSatisfy({ $0.weight.isFinite && $0.weight >= 0 }) else {
            return broken.append(.invalid("weight", "must be finite and not negative"))
        }
        let total = variants.reduce(0) { $0 + $1.weight }
        if !(total > 0 && total.isFinite) { broken.append(.invalid("weight", "must have a positive, finite total")) }
    }

    private func checkWinner(_ broken: inout [ExperimentError]) {
        guard let winner else { return }
        if !isVariant(winner) {
            broken.append(.invalid("winner", "must be one of the experiment's variants"))
        } else if status != .stopped {
            broken.append(.invalid("winner", "needs a stopped experiment"))
        }
    }

    private func checkOverrides(_ broken: inout [ExperimentError]) {
        for override in overrides {
            broken.check { () throws(ExperimentError) in
                try Rules.checkUnitID(override.unitID, field: "override unit_id")
                guard isVariant(override.variantID) else {
                    throw .invalid("override variant_id", "must be one of the experiment's variants")
                }
            }
        }
        if !Self.areUnique(overrides, { $0.unitID }) { broken.append(.invalid("override unit_id", "must be unique")) }
    }

    /// Only the outside is looked at; the algorithm reads the rest.
    private func checkSettings(_ broken: inout [ExperimentError]) {
        guard let settings else { return }
        let json = settings.json.utf8
        if json.first != UInt8(ascii: "{") || json.last != UInt8(ascii: "}") {
            broken.append(.invalid("settings", "must be a JSON object"))
        }
    }

    private func checkDates(_ broken: inout [ExperimentError]) {
        checkDate(startsAt, "starts_at", &broken)
        checkDate(endsAt, "ends_at", &broken)
        if let startsAt, let endsAt, endsAt <= startsAt {
            broken.append(.invalid("ends_at", "must be later than starts_at"))
        }
    }

    /// Every metric that is named twice in one role; not checked as a value is made, since files from before the rule hold
    /// such definitions.
    ///
    /// A goal may be a guardrail besides: the goal decides, and its margin stops.
    package var repeatedRoles: [ExperimentError] {
        func errors(_ role: String, _ metrics: [MetricName]) -> [ExperimentError] {
            metrics.repeated.map { .invalid(role, "of '\(id)' must name '\($0)' once") }
        }
        return errors("goals", goals) + errors("guardrails", guardrails.map(\.metric))
    }

    private func checkDate(_ date: Date?, _ field: String, _ broken: inout [ExperimentError]) {
        guard let date, !Rules.timestamps.contains(date.microsecondsSince1970) else { return }
        broken.append(.invalid(field, "must be within the years 1970 to 9999"))
    }

    private func isVariant(_ id: VariantName) -> Bool { variants.contains { $0.variantID == id } }

    /// Whether no two ids have the same bytes; a few are compared pair by pair, which is quicker than hashing them.
    private static func areUnique<Part, Of>(_ parts: [Part], _ id: (Part) -> Name<Of>) -> Bool {
        guard parts.count > 8 else {
            return parts.indices.allSatisfy { index in
                parts[..<index].allSatisfy { id($0) != id(parts[index]) }
            }
        }
        return Set(parts.map(id)).count == parts.count
    }
}
