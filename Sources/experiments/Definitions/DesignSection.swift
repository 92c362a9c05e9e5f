import Experimentation
import FoundationEssentials
import TOMLKit

/// Reads who takes part in an experiment, from one of its fields each.
enum DesignSection {
    /// The claim of `namespace = { name = "checkout", range = [0.0, 0.5] }`.
    static func namespace(_ section: inout TOMLSection) throws(DefinitionsError) -> NamespaceClaim? {
        guard var claim = try section.section("namespace") else { return nil }
        let name = try claim.requiredString("name")
        let range = try claim.numbers("range")
        try claim.finish()
        guard range.count == 2 else { throw claim.wrong("range", "must be two numbers, such as [0.0, 0.5]") }
        do throws(ExperimentError) {
            return try NamespaceClaim(name, from: range[0], to: range[1])
        } catch {
            throw DefinitionsError(claim.path, "\(error)")
        }
    }

    /// The testers of `overrides = { "user-1" = "treatment" }`.
    static func overrides(_ section: inout TOMLSection) throws(DefinitionsError) -> [VariantOverride] {
        guard var overrides = try section.section("overrides") else { return [] }
        var found: [VariantOverride] = []
        for unitID in overrides.keys {
            found.append(VariantOverride(unitID: unitID, variantID: try overrides.requiredString(unitID)))
        }
        return found
    }

    /// The holdout of `[holdout]`, such as `share = 0.05`.
    static func holdout(_ document: inout TOMLSection) throws(DefinitionsError) -> Holdout? {
        guard var section = try document.section("holdout") else { return nil }
        guard let share = try section.number("share") else { throw DefinitionsError(section.path, "lacks 'share'") }
        let name = try section.string("name")
        try section.finish()
        do throws(ExperimentError) {
            guard let name else { return try Holdout(share: share) }
            return try Holdout(name: name, share: share)
        } catch {
            throw DefinitionsError(section.path, "\(error)")
        }
    }
}
