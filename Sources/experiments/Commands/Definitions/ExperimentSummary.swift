import ExperimentDefinitions
import ExperimentJSON
import ExperimentStorage
import Experimentation

/// An experiment as `list` and `show` print it in JSON: what is not set is null.
enum ExperimentSummary {
    /// Renders an experiment.
    /// - Parameters:
    ///   - stored: The experiment.
    ///   - counts: Logged exposures and outcomes; only in `show`, since counting reads the logs.
    /// - Returns: An object.
    static func json(_ stored: StoredExperiment, counts: RecordCounts? = nil) -> JSONValue {
        let experiment = stored.experiment
        return .object(
            [
                ("experiment", .name(experiment.id)), ("status", .string(experiment.status.rawValue)),
                ("phase", .integer(stored.phase)),
            ] + design(stored) + schedule(stored) + analysis(experiment.analysis)
                + (counts.map {
                    [("exposures", .integer($0.exposures)), ("outcomes", .integer($0.outcomes))]
                } ?? []))
    }

    /// The fields of the design; the holdout is that of the phase in force.
    private static func design(_ stored: StoredExperiment) -> [JSONValue.Member] {
        let design = stored.experiment.design
        return [
            ("unit", .string(design.unit.rawValue)), ("algorithm", .string(design.algorithm.rawValue)),
            ("seed", .name(stored.seed)), ("settings", .string(design.settings?.json)),
            ("coverage", JSONValue(design.coverage)),
            (
                "namespace",
                design.namespace.map {
                    .object([
                        ("name", .name($0.namespace)), ("range", .array([JSONValue($0.start), JSONValue($0.end)])),
                    ])
                } ?? .null
            ),
            (
                "holdout",
                stored.holdout.map { .object([("name", .name($0.name)), ("share", JSONValue($0.share))]) } ?? .null
            ),
            (
                "variants",
                .array(
                    design.variants.map {
                        .object([
                            ("variant_id", .name($0.variantID)), ("weight", JSONValue($0.weight)),
                            ("is_control", .bool($0.isControl)),
                        ])
                    })
            ),
            (
                "overrides",
                .array(
                    design.overrides.map {
                        .object([("unit_id", .name($0.unitID)), ("variant_id", .name($0.variantID))])
                    })
            ),
        ]
    }

    private static func schedule(_ stored: StoredExperiment) -> [JSONValue.Member] {
        let schedule = stored.experiment.schedule
        return [
            ("created_at", .string(stored.createdAt.rfc3339)), ("starts_at", .string(schedule.startsAt?.rfc3339)),
            ("ends_at", .string(schedule.endsAt?.rfc3339)), ("started_at", .string(stored.startedAt?.rfc3339)),
            ("stopped_at", .string(stored.stoppedAt?.rfc3339)), ("winner", .name(stored.experiment.winner)),
        ]
    }

    /// The fields of the analysis, which decides.
    private static func analysis(_ analysis: Experiment.Analysis) -> [JSONValue.Member] {
        let plan = analysis.plan
        return [
            ("goals", .array(analysis.goals.map { .name($0) })),
            (
                "guardrails",
                .array(
                    analysis.guardrails.map {
                        .object([("metric", .name($0.metric)), ("margin", JSONValue($0.margin))])
                    })
            ),
            (
                "plan",
                plan.map {
                    .object([
                        ("units", .integer($0.units)), ("minimum_lift", .number($0.minimumLift)),
                        ("days", .integer($0.days)), ("plausible_lift", .number($0.plausibleLift)),
                    ])
                } ?? .null
            ),
            ("strict_plan", .bool(analysis.isStrict)), ("segments", .array(analysis.segments.map { .name($0) })),
            ("covariate", .string(analysis.covariate.rawValue)), ("identity", .string(analysis.identity.rawValue)),
            ("hypothesis", .string(analysis.hypothesis?.text)),
            ("owner", .name(analysis.owner)),
        ]
    }
}
