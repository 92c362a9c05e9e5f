public import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// Results as a table for spreadsheets and data frames: one row an experiment, metric and variant; one a variant, its
/// metric empty, for an experiment of which no outcome counts yet.
public enum CSVReport {
    private static let columns = [
        "experiment", "phase", "experiment_status", "trustworthy", "sample_ratio_mismatch", "metric", "kind",
        "aggregation", "role", "direction", "margin", "variant_id", "is_control", "units", "units_with_outcome", "sum",
        "mean", "variance", "numerator_sum", "denominator_sum", "status", "difference",
        "difference_lower", "difference_upper", "lift", "lift_lower", "lift_upper", "statistic", "degrees_of_freedom",
        "p_value", "log_p_value", "adjusted_p_value", "method", "reading", "always_valid_p_value",
        "always_valid_difference_lower", "always_valid_difference_upper", "always_valid_lift_lower",
        "always_valid_lift_upper", "chance_to_win", "covariate_adjusted_lift", "covariate_adjusted_lift_lower",
        "covariate_adjusted_lift_upper", "covariate_adjusted_p_value", "variance_reduction", "non_inferiority_p_value",
        "always_valid_basis",
    ]

    /// Renders results.
    ///
    /// RFC 4180 with a header; the comparison's columns are empty in the control's row. A text that a spreadsheet would
    /// take for a formula is led by an apostrophe (OWASP, "CSV Injection").
    /// - Parameter results: The results.
    /// - Returns: A UTF-8 document, lines ended by a newline.
    public static func render(_ results: AnalysisResults) -> String {
        var lines = [columns.joined(separator: ",")]
        for experiment in results.experiments {
            if experiment.metrics.isEmpty { lines += experiment.variants.map { units(experiment, $0) } }
            for metric in experiment.metrics {
                for (measured, variant) in zip(metric.variants, experiment.variants) {
                    let comparison = variant.isControl ? nil : metric.comparison(with: measured.variantID)
                    lines.append(
                        row(
                            experiment, metric: about(metric), variant, units: measured.units,
                            rest: values(measured) + effect(comparison)))
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(
        _ experiment: ExperimentResult, metric: [String], _ variant: ExperimentResult.Variant, units: Int,
        rest: [String]
    ) -> String {
        let start = [
            text(experiment.experiment.text), String(experiment.phase), experiment.status.rawValue,
            String(experiment.isTrustworthy), String(experiment.hasSampleRatioMismatch),
        ]
        let cells = start + metric + [text(variant.variantID.text), String(variant.isControl), String(units)] + rest
        return cells.joined(separator: ",")
    }

    /// The row of a variant without any metric.
    private static func units(_ experiment: ExperimentResult, _ variant: ExperimentResult.Variant) -> String {
        let (metric, rest) = (nothing(6), nothing(6) + effect(nil))
        return row(experiment, metric: metric, variant, units: variant.units, rest: rest)
    }

    private static func about(_ metric: MetricResult) -> [String] {
        [
            text(metric.metric.text), metric.kind.rawValue, metric.aggregation?.rawValue ?? "", metric.role.rawValue,
            metric.direction.rawValue,
            number(metric.margin),
        ]
    }

    private static func values(_ variant: MetricResult.Variant) -> [String] {
        [
            String(variant.unitsWithOutcome), number(variant.sum), number(variant.mean), number(variant.variance),
            number(variant.ratioSums?.numerator), number(variant.ratioSums?.denominator),
        ]
    }

    private static func nothing(_ count: Int) -> [String] { Array(repeating: "", count: count) }

    private static func effect(_ comparison: Comparison?) -> [String] {
        guard let comparison else { return nothing(27) }
        let inference = comparison.inference
        return [
            inference.status.rawValue, number(inference.difference), number(inference.differenceInterval?.lower),
            number(inference.differenceInterval?.upper), number(inference.lift), number(inference.liftInterval?.lower),
            number(inference.liftInterval?.upper), number(inference.statistic), number(inference.degreesOfFreedom),
            number(inference.pValue), number(inference.logPValue), number(comparison.adjustedPValue),
            inference.method.rawValue, comparison.reading.rawValue, number(comparison.alwaysValid?.pValue),
            number(comparison.alwaysValid?.differenceInterval?.lower),
            number(comparison.alwaysValid?.differenceInterval?.upper),
            number(comparison.alwaysValid?.liftInterval?.lower), number(comparison.alwaysValid?.liftInterval?.upper),
            number(comparison.posterior?.chanceToWin), number(comparison.adjusted?.inference.lift),
            number(comparison.adjusted?.inference.liftInterval?.lower),
            number(comparison.adjusted?.inference.liftInterval?.upper), number(comparison.adjusted?.inference.pValue),
            number(comparison.adjusted?.varianceReduction), number(comparison.nonInferiority?.pValue),
            comparison.basis == .adjusted ? "adjusted" : "raw",
        ]
    }

    private static func number(_ value: Double?) -> String { value.flatMap { $0.isFinite ? "\($0)" : nil } ?? "" }

    /// A cell that is a text.
    package static func text(_ value: String) -> String {
        let leading = value.unicodeScalars.first { $0 != " " }
        let isFormula = leading.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
        let safe = isFormula ? "'" + value : value
        guard safe.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return safe }
        return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
