public import ExperimentDefinitions
import ExperimentJSON
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Definitions as a TOML file that ``DefinitionsFile`` reads to the same definitions.
///
/// What a file may leave out and has its default is left out, but for the status, which every experiment has.
public enum DefinitionsText {
    /// Writes definitions.
    /// - Parameter definitions: The experiments, metrics, holdout and zone.
    /// - Returns: UTF-8, ended by a newline; empty for nothing.
    public static func toml(_ definitions: Definitions) -> String {
        // What stands at the top of a file comes before its tables.
        var tables = definitions.timezone.map { ["timezone = \(quoted($0))\n"] } ?? []
        tables += definitions.experiments.map { table("[[experiments]]", experiment($0)) }
        tables += definitions.metrics.map { table("[[metrics]]", metric($0)) }
        if let holdout = definitions.holdout {
            tables.append(table("[holdout]", [("name", text(holdout.name)), ("share", number(holdout.share))]))
        }
        return tables.joined(separator: "\n")
    }

    private typealias Members = [(key: String, value: String)]

    private static func table(_ header: String, _ members: Members) -> String {
        ([header] + members.map { "\($0.key) = \($0.value)" }).map { $0 + "\n" }.joined()
    }

    // MARK: Experiments

    private static func experiment(_ defined: Definitions.DefinedExperiment) -> Members {
        let (experiment, design) = (defined.experiment, defined.experiment.design)
        var members: Members = [
            ("id", text(experiment.id)), ("status", quoted((defined.status ?? experiment.status).rawValue)),
            ("unit", quoted(design.unit.rawValue)),
            (
                "variants",
                lines(
                    design.variants.map {
                        inline(
                            [("id", text($0.variantID)), ("weight", number($0.weight))]
                                + flag("is_control", $0.isControl))
                    })
            ),
        ]
        if let winner = experiment.winner { members.append(("winner", text(winner))) }
        members += analysis(experiment.analysis)
        if design.coverage < 1 { members.append(("coverage", number(design.coverage))) }
        if let claim = design.namespace {
            let range = "[\(number(claim.start)), \(number(claim.end))]"
            members.append(("namespace", inline([("name", text(claim.namespace)), ("range", range)])))
        }
        if !design.overrides.isEmpty {
            members.append(
                ("overrides", inline(design.overrides.map { (quoted($0.unitID.text), text($0.variantID)) })))
        }
        if let date = experiment.schedule.startsAt { members.append(("starts_at", moment(date))) }
        if let date = experiment.schedule.endsAt { members.append(("ends_at", moment(date))) }
        if design.algorithm != .fnv1a64Fmix64 { members.append(("algorithm", quoted(design.algorithm.rawValue))) }
        if let seed = design.seed { members.append(("seed", text(seed))) }
        if let settings = design.settings { members.append(("settings", quoted(settings.json))) }
        return members
    }

    private static func analysis(_ analysis: Experiment.Analysis) -> Members {
        var members: Members = []
        if let hypothesis = analysis.hypothesis { members.append(("hypothesis", text(hypothesis))) }
        if let owner = analysis.owner { members.append(("owner", text(owner))) }
        if !analysis.goals.isEmpty { members.append(("goals", array(analysis.goals.map(text)))) }
        if !analysis.guardrails.isEmpty {
            let guardrails = analysis.guardrails.map {
                inline([("metric", text($0.metric)), ("margin", number($0.margin))])
            }
            members.append(("guardrails", lines(guardrails)))
        }
        if let plan = analysis.plan { members.append(("plan", inline(self.plan(plan)))) }
        if !analysis.segments.isEmpty { members.append(("segments", array(analysis.segments.map(text)))) }
        if analysis.covariate != .auto { members.append(("covariate", quoted(analysis.covariate.rawValue))) }
        if analysis.identity != .strict { members.append(("identity", quoted(analysis.identity.rawValue))) }
        return members + flag("strict_plan", analysis.isStrict)
    }

    private static func plan(_ plan: ExperimentPlan) -> Members {
        var members: Members = []
        if let units = plan.units { members.append(("units", String(units))) }
        if let days = plan.days { members.append(("days", String(days))) }
        if let lift = plan.minimumLift { members.append(("minimum_lift", number(lift))) }
        if let lift = plan.plausibleLift { members.append(("plausible_lift", number(lift))) }
        return members
    }

    // MARK: Metrics

    private static func metric(_ metric: MetricDefinition) -> Members {
        let statistic: Members =
            switch metric.statistic {
            case .mean(let value): self.value(value)
            case .ratio(let ratio):
                [
                    (
                        "ratio",
                        inline([
                            ("numerator", reference(ratio.numerator)), ("denominator", reference(ratio.denominator)),
                        ])
                    )
                ]
            case .quantile(let quantile):
                [("quantile", quantile.level.description), ("of", reference(quantile.metric))]
                    + (quantile.population == .events ? [("per", quoted("event"))] : [])
                    + flag("nonzero", quantile.population == .unitsWithOutcome)
            }
        return [("name", text(metric.name))] + statistic
            + (metric.direction == .increase ? [] : [("direction", quoted(metric.direction.rawValue))])
            + (metric.measurementUnit.map { [("unit", quoted($0.text))] } ?? [])
    }

    private static func value(_ value: UnitValue) -> Members {
        var members: Members = [("kind", quoted(value.kind.rawValue))]
        if case .derived(let recorded, let filter) = value.source {
            members.append(("of", text(recorded)))
            let conditions = filter.conditions.map { (quoted($0.attribute.text), array($0.values.map(text))) }
            if !conditions.isEmpty { members.append(("where", inline(conditions))) }
        }
        members.append(("aggregation", quoted(value.aggregation.rawValue)))
        if value.delayMicroseconds > 0 { members.append(length("delay", value.delayMicroseconds)) }
        if let window = value.windowMicroseconds {
            members += [length("window", window), ("mature", String(value.isMature))]
        }
        members.append(("absent", quoted(value.absent.rawValue)))
        if let floor = value.floor { members.append(("floor", number(floor))) }
        switch value.cap {
        case .value(let cap): members.append(("cap", number(cap)))
        case .percentile(let level, let isOfNonzero):
            members.append(("cap", inline([("percentile", level.description)] + flag("nonzero", isOfNonzero))))
        case nil: break
        }
        return members
    }

    private static func length(_ key: String, _ microseconds: Int64) -> (String, String) {
        WindowLength.text(microseconds).map { (key, quoted($0)) } ?? ("\(key)_us", String(microseconds))
    }

    private static func reference(_ reference: MetricReference) -> String {
        guard let kind = reference.kind else { return text(reference.name) }
        return inline([("name", text(reference.name)), ("kind", quoted(kind.rawValue))])
    }

    // MARK: TOML

    private static func text<Of>(_ name: Name<Of>) -> String { quoted(name.text) }

    /// A basic string: what TOML has of escapes, JSON's strings have, too.
    private static func quoted(_ text: String) -> String { JSONString.quoted(text, .visible) }

    /// Swift prints the shortest digits that read back as the same double; every TOML reader takes them.
    private static func number(_ value: Double) -> String { String(value) }

    private static func moment(_ date: Date) -> String {
        quoted(RFC3339.string(microseconds: date.microsecondsSince1970))
    }

    private static func flag(_ key: String, _ value: Bool) -> Members { value ? [(key, "true")] : [] }

    private static func array(_ values: [String]) -> String { "[" + values.joined(separator: ", ") + "]" }

    /// An array with a line for each value.
    private static func lines(_ values: [String]) -> String {
        "[\n" + values.map { "    \($0),\n" }.joined() + "]"
    }

    private static func inline(_ members: Members) -> String {
        "{ " + members.map { "\($0.key) = \($0.value)" }.joined(separator: ", ") + " }"
    }
}
