import ExperimentAnalysis
import ExperimentJSON
import ExperimentStatistics
import Experimentation

/// A treatment beside the control, as JSON.
enum ComparisonJSON {
    static func comparison(_ comparison: Comparison) -> JSONValue {
        .object(
            [("variant_id", .name(comparison.variantID)), ("reading", .string(comparison.reading.rawValue))]
                + members(comparison.inference)
                + [
                    ("adjusted_p_value", .number(comparison.adjustedPValue)),
                    ("level", .number(comparison.level)), ("log_e_value", .number(comparison.logEValue)),
                    ("always_valid", comparison.alwaysValid.map { .object(members($0)) } ?? .null),
                    ("always_valid_basis", .string(comparison.basis == .adjusted ? "adjusted" : "raw")),
                    ("always_valid_basis_reason", comparison.basis.reason.map { .string($0.rawValue) } ?? .null),
                    ("always_valid_raw", comparison.rawAlwaysValid.map { .object(members($0)) } ?? .null),
                    ("posterior", comparison.posterior.map(posterior) ?? .null),
                    ("covariate_adjusted", comparison.adjusted.map(adjusted) ?? .null),
                    ("non_inferiority", comparison.nonInferiority.map(nonInferiority) ?? .null),
                    ("nights", .array(comparison.history.looks.map(look))),
                    ("running", comparison.history.looks.isEmpty ? .null : running(comparison.history.running)),
                ])
    }

    /// A comparison over units whose window may be open: without nights, and without what only the end of a plan says.
    static func soFar(_ comparison: Comparison) -> JSONValue {
        .object(
            [("variant_id", .name(comparison.variantID)), ("reading", .string(comparison.reading.rawValue))]
                + members(comparison.estimate)
                + [
                    ("level", .number(comparison.level)), ("log_e_value", .number(comparison.logEValue)),
                    ("always_valid", comparison.alwaysValid.map { .object(members($0)) } ?? .null),
                    ("always_valid_basis", .string(comparison.basis == .adjusted ? "adjusted" : "raw")),
                ])
    }

    private static func members(_ inference: Inference) -> [(key: String, value: JSONValue)] {
        [
            ("status", .string(inference.status.rawValue)), ("method", .string(inference.method.rawValue)),
            ("difference", .number(inference.difference)),
            ("difference_interval", interval(inference.differenceInterval)), ("lift", .number(inference.lift)),
            ("lift_interval", interval(inference.liftInterval)), ("statistic", .number(inference.statistic)),
            ("degrees_of_freedom", .number(inference.degreesOfFreedom)), ("p_value", .number(inference.pValue)),
            ("log_p_value", .number(inference.logPValue)),
        ]
    }

    private static func posterior(_ posterior: PosteriorSummary) -> JSONValue {
        .object([
            ("chance_to_win", .number(posterior.chanceToWin)),
            ("expected_loss_keeping_control", .number(posterior.expectedLoss.keepingControl)),
            ("expected_loss_shipping_treatment", .number(posterior.expectedLoss.shippingTreatment)),
            ("loss_scale", .string(posterior.scale.rawValue)),
        ])
    }

    private static func adjusted(_ adjusted: AdjustedComparison) -> JSONValue {
        .object(
            members(adjusted.inference) + [
                ("slope", .number(adjusted.slope)), ("variance_reduction", .number(adjusted.varianceReduction)),
                ("imbalance_p_value", .number(adjusted.imbalancePValue)),
            ])
    }

    private static func nonInferiority(_ test: NonInferiorityTest) -> JSONValue {
        .object([
            ("status", .string(test.status.rawValue)), ("statistic", .number(test.statistic)),
            ("degrees_of_freedom", .number(test.degreesOfFreedom)), ("p_value", .number(test.pValue)),
            ("log_p_value", .number(test.logPValue)), ("inferiority_p_value", .number(test.inferiorityPValue)),
        ])
    }

    /// History of a comparison, without its present numbers.
    static func history(_ comparison: Comparison) -> JSONValue {
        .object([
            ("variant_id", .name(comparison.variantID)), ("nights", .array(comparison.history.looks.map(look))),
            ("running", comparison.history.looks.isEmpty ? .null : running(comparison.history.running)),
        ])
    }

    private static func look(_ look: ComparisonHistory.Look) -> JSONValue {
        let inference = look.inference
        return .object([
            ("date", .string(CivilDate(look.day).text)), ("difference", .number(inference?.difference)),
            ("difference_interval", interval(inference?.differenceInterval)), ("lift", .number(inference?.lift)),
            ("lift_interval", interval(inference?.liftInterval)), ("log_p_value", .number(inference?.logPValue)),
        ])
    }

    private static func running(_ running: RunningInference) -> JSONValue {
        .object([
            ("looks", .integer(running.looks)), ("p_value", .number(running.pValue)),
            ("log_p_value", .number(running.logPValue)),
            ("difference_interval", interval(running.differenceInterval)),
            ("lift_interval", interval(running.liftInterval)), ("contradicted", .bool(running.isContradicted)),
        ])
    }

    private static func interval(_ interval: Interval?) -> JSONValue {
        interval.map { .array([.number($0.lower), .number($0.upper)]) } ?? .null
    }
}
