public import ExperimentAnalysis
import ExperimentJSON
public import Experimentation

/// Explanation of one unit's contribution to an experiment, for programs.
public enum JSONExplanation {
    /// Renders an explanation: keys in snake_case and a fixed order, numbers with full precision.
    /// - Parameters:
    ///   - explanation: What the logs hold of the unit.
    ///   - assignment: What the unit would get now.
    /// - Returns: A JSON document ended by a newline.
    public static func render(_ explanation: UnitExplanation, _ assignment: AssignmentExplanation) -> String {
        JSONValue.object([
            ("schema_version", .integer(1)), ("experiment", .name(explanation.experiment)),
            ("status", .string(explanation.status.rawValue)), ("phase", .integer(explanation.phase)),
            ("unit", .string(explanation.unit.rawValue)), ("unit_id", .name(explanation.unitID)),
            ("as_of", explanation.options.asOfMicroseconds.map(time) ?? .null),
            ("crossovers", .string(explanation.options.crossovers.rawValue)),
            ("is_seen", .bool(explanation.isSeen)), ("is_analysed", .bool(explanation.exclusion == nil)),
            ("reason", text(explanation.exclusion?.rawValue)),
            ("first_exposure", explanation.first.map(first) ?? .null),
            ("metrics", .array(explanation.contributions.map(contribution))),
            ("assignment", AssignmentJSON.assignment(assignment)),
            ("exposures", .array(explanation.exposures.map(exposure))),
            ("outcomes", .array(explanation.outcomes.map(outcome))),
        ]).document
    }

    private static func first(_ first: FirstExposure) -> JSONValue {
        .object([
            ("exposure", .integer(first.exposure)), ("variant_id", .name(first.variantID)),
            ("timestamp", time(first.timestampMicroseconds)), ("exposures", .integer(first.exposures)),
            ("is_crossover", .bool(first.isCrossover)), ("attributes", attributes(first.attributes)),
        ])
    }

    private static func contribution(_ metric: UnitContribution) -> JSONValue {
        .object([
            ("metric", .name(metric.metric)), ("kind", .string(metric.kind.rawValue)),
            ("aggregation", text(metric.aggregation?.rawValue)), ("counts", .bool(metric.counts)),
            ("value", .number(metric.value)), ("numerator", .number(metric.numerator)),
            ("denominator", .number(metric.denominator)), ("outcomes", .integer(metric.outcomes)),
            ("covariate", .number(metric.covariate)), ("covariate_outcomes", .integer(metric.covariateOutcomes)),
        ])
    }

    private static func exposure(_ exposure: ExplainedExposure) -> JSONValue {
        .object([
            ("exposure", .integer(exposure.exposure)), ("phase", .integer(exposure.phase)),
            ("variant_id", .name(exposure.variantID)), ("user_id", .name(exposure.userID)),
            ("session_id", .name(exposure.sessionID)), ("enrollment", .string(exposure.enrollment.rawValue)),
            ("timestamp", time(exposure.timestampMicroseconds)), ("attributes", attributes(exposure.attributes)),
            ("role", .string(exposure.role.rawValue)),
        ])
    }

    private static func outcome(_ outcome: ExplainedOutcome) -> JSONValue {
        let value: JSONValue =
            switch outcome.value {
            case .bool(let value): .bool(value)
            case .count(let value): .integer(Int(value))
            case .numeric(let value): .number(value)
            }
        let (fate, reason): (String, String?) =
            switch outcome.fate {
            case .kept: ("kept", nil)
            case .discarded(let reason): ("discarded", reason.rawValue)
            case .unattributed: ("unattributed", nil)
            case .ofAnotherUnit: ("of_another_unit", nil)
            }
        return .object([
            ("outcome", .integer(outcome.outcome)), ("names_experiment", .bool(outcome.namesExperiment)),
            ("metric", .name(outcome.metric)), ("kind", .string(outcome.value.kind.rawValue)), ("value", value),
            ("user_id", .name(outcome.userID)), ("session_id", .name(outcome.sessionID)),
            ("timestamp", time(outcome.timestampMicroseconds)), ("attributes", attributes(outcome.attributes)),
            ("delay_us", .integer(Int(outcome.delayMicroseconds))),
            ("window_us", outcome.windowMicroseconds.map { .integer(Int($0)) } ?? .null), ("fate", .string(fate)),
            ("reason", text(reason)), ("is_linked", .bool(outcome.isLinked)),
        ])
    }

    private static func attributes(_ attributes: [RecordAttribute]) -> JSONValue {
        .object(attributes.map { ($0.name.text, .name($0.value)) })
    }

    private static func time(_ microseconds: Int64) -> JSONValue {
        .string(RFC3339.string(microseconds: microseconds))
    }

    private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}

/// Assignment and the steps that lead to it, as JSON.
enum AssignmentJSON {
    static func assignment(_ assignment: AssignmentExplanation) -> JSONValue {
        let variant = assignment.variant
        return .object([
            ("variant_id", .name(variant.variantID)), ("is_control", .bool(variant.isControl)),
            ("enrollment", .string(variant.enrollment.rawValue)),
            ("steps", .array(assignment.steps.map(step))),
        ])
    }

    private static func step(_ step: AssignmentExplanation.Step) -> JSONValue {
        let (name, facts): (String, [(key: String, value: JSONValue)]) =
            switch step {
            case .override(let variantID): ("override", [("variant_id", .name(variantID))])
            case .status(let status): ("status", [("status", .string(status.rawValue))])
            case .noUnit(let unit): ("no_unit", [("unit", .string(unit.rawValue))])
            case .coverage(let coverage, let point):
                ("coverage", [("coverage", .number(coverage)), ("point", .number(point))])
            case .namespace(let claim, let point):
                (
                    "namespace",
                    [
                        ("namespace", .name(claim.namespace)), ("start", .number(claim.start)),
                        ("end", .number(claim.end)), ("point", .number(point)),
                    ]
                )
            case .holdout(let holdout, let point):
                (
                    "holdout",
                    [
                        ("holdout", .name(holdout.name)), ("share", .number(holdout.share)),
                        ("point", .number(point)),
                    ]
                )
            case .algorithm(let algorithm, let seed, let variantID, let exclusion):
                (
                    "algorithm",
                    [
                        ("algorithm", .string(algorithm.rawValue)), ("seed", .name(seed)),
                        ("variant_id", .name(variantID)),
                        ("exclusion", exclusion.map { .string($0) } ?? .null),
                    ]
                )
            }
        return .object([("step", .string(name))] + facts + [("decides", .bool(!step.isPassed))])
    }
}
