import ExperimentStorage
import Experimentation

/// Reads one experiment of a definitions file.
enum ExperimentSection {
    static func read(_ section: TOMLSection) throws(DefinitionsError) -> Definitions.DefinedExperiment {
        var section = section
        let id = try section.requiredString("id")
        let status = try section.choice("status", ExperimentStatus.self)
        let unit = try section.choice("unit", ExperimentUnit.self) ?? .user
        let winner = try section.string("winner")
        let variants = try variants(try section.sections("variants"))
        let goals = try section.strings("goals")
        var guardrails: [Guardrail] = []
        for guardrail in try section.sections("guardrails") { guardrails.append(try Self.guardrail(guardrail)) }
        let plan = try plan(try section.section("plan"))
        let coverage = try section.number("coverage") ?? 1
        let namespace = try DesignSection.namespace(&section)
        let overrides = try DesignSection.overrides(&section)
        let startsAt = try section.moment("starts_at")
        let endsAt = try section.moment("ends_at")
        let algorithm = try section.string("algorithm").map(AssignmentAlgorithm.init) ?? .fnv1a64Fmix64
        let seed = try section.string("seed")
        let settings = try section.string("settings")
        try section.finish()
        do throws(ExperimentError) {
            let experiment = try Experiment(
                id: id, status: status ?? .running, unit: unit, variants: variants, winner: winner, goals: goals,
                guardrails: guardrails, plan: plan, coverage: coverage, namespace: namespace, overrides: overrides,
                startsAt: startsAt, endsAt: endsAt, algorithm: algorithm, seed: seed, settings: settings)
            return Definitions.DefinedExperiment(experiment, status: status)
        } catch {
            throw DefinitionsError("\(section.path) (\(Escaping.quoted(id)))", "\(error)")
        }
    }

    private static func variants(_ sections: [TOMLSection]) throws(DefinitionsError) -> [VariantDefinition] {
        var variants: [VariantDefinition] = []
        var weighted = 0
        for var section in sections {
            let id = try section.requiredString("id")
            let weight = try section.number("weight")
            if weight != nil { weighted += 1 }
            let isControl = try section.bool("is_control") ?? false
            try section.finish()
            // A weight missing among others would silently become a very small share.
            guard weighted == 0 || weighted == variants.count + 1 else {
                throw DefinitionsError(section.path, "lacks 'weight'; give every variant one, or none for equal shares")
            }
            variants.append(VariantDefinition(id, weight: weight ?? 1, isControl: isControl))
        }
        return variants
    }

    private static func plan(_ section: TOMLSection?) throws(DefinitionsError) -> ExperimentPlan? {
        guard var section else { return nil }
        let units = try section.integer("units").map { Int($0) }
        let minimumLift = try section.number("minimum_lift")
        try section.finish()
        do throws(ExperimentError) {
            return try ExperimentPlan(units: units, minimumLift: minimumLift)
        } catch {
            throw DefinitionsError(section.path, "\(error)")
        }
    }

    private static func guardrail(_ section: TOMLSection) throws(DefinitionsError) -> Guardrail {
        var section = section
        let metric = try section.requiredString("metric")
        let margin = try section.number("margin") ?? 0
        try section.finish()
        do throws(ExperimentError) {
            return try Guardrail(metric: metric, margin: margin)
        } catch {
            throw DefinitionsError(section.path, "\(error)")
        }
    }
}
