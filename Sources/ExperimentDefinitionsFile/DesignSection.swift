import Experimentation

/// Reads who takes part in an experiment, from one of its fields each.
enum DesignSection {
    /// The claim of `namespace = { name = "checkout", range = [0.0, 0.5] }`.
    static func namespace(_ section: inout TOMLSection) -> NamespaceClaim? {
        guard var claim = section.section("namespace") else { return nil }
        let range = claim.numbers("range")
        if range.count != 2, claim.isSound {
            claim.wrong("range", "must be two numbers, such as [0.0, 0.5]")
        }
        let name = claim.requiredString("name")
        claim.finish()
        guard let name, range.count == 2 else { return nil }
        return claim.made { () throws(ExperimentError) in
            try NamespaceClaim(name, from: range[0], to: range[1])
        }
    }

    /// The testers of `overrides = { "user-1" = "treatment" }`.
    static func overrides(_ section: inout TOMLSection) -> [VariantOverride] {
        guard var overrides = section.section("overrides") else { return [] }
        return overrides.keys.compactMap { unitID in
            overrides.requiredString(unitID).map { VariantOverride(unitID: unitID, variantID: $0) }
        }
    }

    /// The holdout of `[holdout]`, such as `share = 0.05`.
    static func holdout(_ document: inout TOMLSection) -> Holdout? {
        guard var section = document.section("holdout") else { return nil }
        let share = section.number("share")
        if share == nil, section.isSound { section.problems.note(section.path, "lacks 'share'") }
        let name = section.string("name")
        section.finish()
        guard let share else { return nil }
        return section.made { () throws(ExperimentError) in
            guard let name else { return try Holdout(share: share) }
            return try Holdout(name: name, share: share)
        }
    }
}
