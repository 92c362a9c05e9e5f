import ExperimentAnalysis
import ExperimentJSON
import ExperimentStatistics
import Experimentation

/// Plan of an experiment and the decision on the experiment, as JSON.
enum DecisionJSON {
    static func plan(_ plan: ExperimentPlan?) -> JSONValue {
        guard let plan else { return .null }
        return .object([
            ("units", plan.units.map { .integer($0) } ?? .null), ("minimum_lift", .number(plan.minimumLift)),
            ("days", plan.days.map { .integer($0) } ?? .null), ("plausible_lift", .number(plan.plausibleLift)),
        ])
    }

    static func night(_ night: NightSummary) -> JSONValue {
        .object([
            ("date", .string(CivilDate(night.day).text)),
            ("verdict", night.verdict.map { .string($0.rawValue) } ?? .null),
            ("variant_id", .name(night.variantID)),
            ("alarms", .array(night.alarms.map { .string($0.name) })),
            ("units", .array(night.units.map { .integer($0) })),
        ])
    }

    static func decision(_ decision: Decision) -> JSONValue {
        .object([
            ("verdict", .string(decision.verdict.rawValue)), ("reason", .string(decision.reason.rawValue)),
            ("variant_id", .name(decision.variantID)),
            ("metric", .name(decision.metric?.metric)),
            ("units", .integer(decision.units)),
            ("share_of_plan", .number(decision.shareOfPlan)), ("planned_days", .integer(decision.plannedDays)),
            ("days_left", .number(decision.daysLeft)),
            ("detectable_lift", .number(decision.detectableLift)),
            ("harms", .array(decision.harms.map(harm))),
            (
                "differs_by_segment",
                .array(
                    decision.differences.map {
                        .object([
                            ("attribute", .name($0.attribute)), ("metric", .name($0.effects.metric)),
                            ("variant_id", .name($0.effects.variantID)),
                        ])
                    })
            ),
        ])
    }

    static func earlier(_ verdict: EarlierVerdict?) -> JSONValue {
        guard let verdict else { return .null }
        return .object([
            ("verdict", .string(verdict.verdict.rawValue)), ("variant_id", .name(verdict.variantID)),
            ("from", .string(CivilDate(verdict.firstDay).text)), ("to", .string(CivilDate(verdict.lastDay).text)),
        ])
    }

    private static func harm(_ harm: Decision.Harm) -> JSONValue {
        .object([
            ("metric", .name(harm.metric.metric)), ("kind", .string(harm.metric.kind.rawValue)),
            ("role", .string(harm.metric.role.rawValue)), ("variant_id", .name(harm.variantID)),
            ("lift", .number(harm.comparison?.estimate.lift)),
        ])
    }
}
