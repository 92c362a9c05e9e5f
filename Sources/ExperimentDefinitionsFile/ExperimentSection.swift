import ExperimentDefinitions
import ExperimentJSON
import Experimentation

/// Reads one experiment of a definitions file.
enum ExperimentSection {
    /// The experiment; nil, with every problem noted, when there is one.
    static func read(_ section: TOMLSection) -> Definitions.DefinedExperiment? {
        var section = section
        let id = section.requiredString("id")
        let status = section.choice("status", ExperimentStatus.self)
        let unit = section.choice("unit", ExperimentUnit.self) ?? .user
        let winner = section.string("winner")
        let variants = variants(section.sections("variants"), section.problems)
        let analysis = AnalysisSection.read(&section)
        let coverage = section.number("coverage") ?? 1
        let namespace = DesignSection.namespace(&section)
        let overrides = DesignSection.overrides(&section)
        let startsAt = section.moment("starts_at")
        let endsAt = section.moment("ends_at")
        let algorithm = section.string("algorithm").map(AssignmentAlgorithm.init) ?? .fnv1a64Fmix64
        let seed = section.string("seed")
        let settings = JSONValue.text(of: "settings", in: &section)
        section.finish()
        guard let id else { return nil }
        return section.made(id) { () throws(BrokenRules) in
            let experiment = try Experiment(
                checking: ExperimentName(id), status: status ?? .running, unit: unit, variants: variants,
                winner: winner.map { VariantName($0) }, analysis: analysis, coverage: coverage,
                namespace: namespace, overrides: overrides, startsAt: startsAt, endsAt: endsAt, algorithm: algorithm,
                seed: seed.map { Seed($0) }, settings: settings.map(AssignmentSettings.init(json:)))
            return Definitions.DefinedExperiment(experiment, status: status)
        }
    }

    private static func variants(
        _ sections: [TOMLSection], _ problems: DefinitionsProblems
    ) -> [VariantDefinition] {
        let before = problems.count
        var variants: [VariantDefinition] = []
        var unweighted: [TOMLSection] = []
        for var section in sections {
            let id = section.requiredString("id")
            let weight = section.number("weight")
            if weight == nil { unweighted.append(section) }
            let isControl = section.bool("is_control") ?? false
            section.finish()
            if let id { variants.append(VariantDefinition(id, weight: weight ?? 1, isControl: isControl)) }
        }
        // A weight missing among others would silently become a very small share.
        if problems.count == before, unweighted.count < sections.count {
            for section in unweighted {
                problems.note(section.path, "lacks 'weight'; give every variant one, or none for equal shares")
            }
        }
        return variants
    }
}
