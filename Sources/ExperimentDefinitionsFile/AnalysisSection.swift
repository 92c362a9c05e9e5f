import Experimentation

/// Reads what decides in an experiment, from its fields of a definitions file.
enum AnalysisSection {
    static func read(_ section: inout TOMLSection) -> Experiment.Analysis {
        let goals = section.strings("goals").map { MetricName($0) }
        let guardrailSections = section.sections("guardrails")
        let guardrails = guardrailSections.compactMap(guardrail)
        noteRepeated(goals, "goals", section)
        noteRepeated(guardrailSections.compactMap { $0.text("metric").map { MetricName($0) } }, "guardrails", section)
        return Experiment.Analysis(
            unchecked: goals, guardrails, section.section("plan").flatMap(plan),
            section.strings("segments").map { AttributeName($0) },
            section.choice("covariate", CovariateUse.self) ?? .auto,
            section.choice("identity", Identity.self) ?? .strict,
            isStrict: section.bool("strict_plan") ?? false,
            section.string("hypothesis").map { Hypothesis($0) }, section.string("owner").map { OwnerName($0) })
    }

    private static func plan(_ section: TOMLSection) -> ExperimentPlan? {
        var section = section
        let units = section.integer("units").map { Int($0) }
        let minimumLift = section.number("minimum_lift")
        let days = section.integer("days").map { Int($0) }
        let plausibleLift = section.number("plausible_lift")
        section.finish()
        return section.made { () throws(ExperimentError) in
            try ExperimentPlan(units: units, minimumLift: minimumLift, days: days, plausibleLift: plausibleLift)
        }
    }

    /// Names each metric that has the role already; a goal may be a guardrail besides.
    private static func noteRepeated(_ metrics: [MetricName], _ role: String, _ section: TOMLSection) {
        for metric in metrics.repeated { section.wrong(role, "name \(VisibleText.quoted(metric)) twice") }
    }

    private static func guardrail(_ section: TOMLSection) -> Guardrail? {
        var section = section
        let metric = section.requiredString("metric")
        let margin = section.number("margin") ?? 0
        section.finish()
        guard let metric else { return nil }
        return section.made { () throws(ExperimentError) in
            try Guardrail(metric: metric, margin: margin)
        }
    }
}
