public import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentJSON
import ExperimentStatistics
import Experimentation

/// Results as a JSON document for programs: complete, full precision, the same bytes for the same results.
public enum JSONReport {
    /// Renders results.
    /// - Parameter results: The results.
    /// - Returns: A UTF-8 document, keys in a fixed order, ended by a newline.
    public static func render(_ results: AnalysisResults) -> String {
        JSONValue.object([
            ("schema_version", .integer(2)),
            ("timezone", .string(results.options.calendar.name)),
            ("as_of", results.options.asOfMicroseconds.map { .string(RFC3339.string(microseconds: $0)) } ?? .null),
            (
                "through",
                .object([
                    ("exposure", .integer(results.through.exposure)), ("outcome", .integer(results.through.outcome)),
                ])
            ),
            (
                "unattributed_outcomes",
                .object([
                    ("total", .integer(results.unattributedOutcomes.total)),
                    ("no_unit", .integer(results.unattributedOutcomes.noUnit)),
                    ("never_exposed", .integer(results.unattributedOutcomes.neverExposed)),
                ])
            ),
            ("confidence", .number(results.options.confidence)),
            ("segment_attribute", .name(results.options.segmentAttribute)),
            ("crossovers", .string(results.options.crossovers.rawValue)),
            (
                "failures",
                .array(
                    results.damagedExperiments.map {
                        .object([("experiment", .name($0.id)), ("reason", .string("it \($0.fault)"))])
                    })
            ),
            ("experiments", .array(results.experiments.map(experiment))),
        ]).document
    }

    private static func experiment(_ result: ExperimentResult) -> JSONValue {
        .object([
            ("experiment", .name(result.experiment)), ("status", .string(result.status.rawValue)),
            ("winner", .name(result.winner)),
            ("starts_at", result.startsAt.map { .string(RFC3339.string(microseconds: $0)) } ?? .null),
            ("unit", .string(result.unit.rawValue)), ("phase", .integer(result.phase)),
            ("control", .name(result.control)), ("goals", .array(result.goals.map { .name($0) })),
            (
                "guardrails",
                .array(
                    result.guardrails.map {
                        .object([("metric", .name($0.metric)), ("margin", .number($0.margin))])
                    })
            ),
            ("plan", DecisionJSON.plan(result.plan)), ("decision", DecisionJSON.decision(result.decision)),
            ("hypothesis", .name(result.analysis.hypothesis)), ("owner", .name(result.analysis.owner)),
            ("strict_plan", .bool(result.analysis.isStrict)),
            ("plan_changes", .array(result.planChanges.map(PlanChangeText.json))),
            ("earlier_verdict", DecisionJSON.earlier(result.earlierVerdict)),
            ("trustworthy", .bool(result.isTrustworthy)), ("problems", .array(result.problems.map(HealthJSON.problem))),
            ("exposures", exposures(result.exposures)),
            (
                "units",
                .object([
                    ("exposed", .integer(result.units.exposed)), ("crossover", .integer(result.units.crossover)),
                    ("analysed", .integer(result.units.analysed)),
                ])
            ),
            ("outcomes", outcomes(result.outcomes)),
            (
                "variants",
                .array(
                    result.variants.map { variant in
                        .object([
                            ("variant_id", .name(variant.variantID)), ("is_control", .bool(variant.isControl)),
                            ("weight", .number(variant.weight)), ("units", .integer(variant.units)),
                            ("units_exposed", .integer(variant.unitsExposed)),
                            ("outcomes_kept", .integer(variant.outcomesKept)), ("discarded", discarded(variant)),
                        ])
                    })
            ),
            ("sample_ratio", HealthJSON.sampleRatio(result.sampleRatio)),
            ("sequential_sample_ratio", HealthJSON.sampleRatio(result.sequentialSampleRatio)),
            ("split", HealthJSON.split(result.split)),
            ("exposed_sample_ratio", HealthJSON.sampleRatio(result.exposedSampleRatio)),
            ("days", .array(result.days.map(day))), ("nights", .array(result.nights.map(DecisionJSON.night))),
            ("metrics", .array(result.metrics.map(metric))),
            ("entry_effects", .array(result.entryEffects.map(SegmentJSON.entry))),
            ("declared_segments", .array(result.declaredSegments.map(SegmentJSON.declared))),
            ("segments", .array(result.segments.map(segment))),
        ])
    }

    private static func exposures(_ counts: ExposureCounts) -> JSONValue {
        .object([
            ("total", .integer(counts.total)), ("no_unit", .integer(counts.noUnit)),
            ("override", .integer(counts.override)), ("not_enrolled", .integer(counts.notEnrolled)),
            ("not_running", .integer(counts.notRunning)), ("repeat", .integer(counts.repeated)),
        ])
    }

    private static func outcomes(_ counts: OutcomeCounts) -> JSONValue {
        .object([
            ("total", .integer(counts.total)), ("kept", .integer(counts.kept)),
            (
                "discarded",
                .object(DiscardReason.allCases.map { ($0.rawValue, .integer(counts.discarded($0))) })
            ),
        ])
    }

    /// Units of a variant that were left out, and their outcomes, by reason.
    private static func discarded(_ variant: ExperimentResult.Variant) -> JSONValue {
        .object(
            DiscardReason.ofVariants.map { reason in
                let discarded = variant.discarded(reason)
                return (
                    reason.rawValue,
                    .object([("units", .integer(discarded.units)), ("outcomes", .integer(discarded.outcomes))])
                )
            })
    }

    private static func segment(_ segment: SegmentResult) -> JSONValue {
        .object(
            SegmentJSON.members(segment.value) + [
                (
                    "variants",
                    .array(
                        segment.variants.map {
                            .object([("variant_id", .name($0.variantID)), ("units", .integer($0.units))])
                        })
                ),
                ("sample_ratio", HealthJSON.sampleRatio(segment.sampleRatio)),
                ("metrics", .array(segment.metrics.map(metric))),
            ])
    }

    private static func day(_ day: DailyCounts) -> JSONValue {
        .object([
            ("day", .string(CivilDate(day.day).text)),
            ("units", .array(day.variants.map { .integer($0.units) })),
            ("exposures", .array(day.variants.map { .integer($0.exposures) })),
        ])
    }

    private static func metric(_ result: MetricResult) -> JSONValue {
        .object([
            ("metric", .name(result.metric)), ("kind", .string(result.kind.rawValue)),
            ("aggregation", result.aggregation.map { .string($0.rawValue) } ?? .null),
            ("measurement_unit", .string(result.definition.measurementUnit?.text)),
            ("status", .string(result.isImmature ? InferenceStatus.immature.rawValue : InferenceStatus.ok.rawValue)),
            ("maturity", result.maturity.map(maturity) ?? .null), ("cap", .number(result.cap)),
            ("role", .string(result.role.rawValue)),
            ("direction", .string(result.direction.rawValue)), ("has_direction", .bool(result.hasDirection)),
            ("margin", .number(result.margin)), ("variants", .array(result.variants.map(variant))),
            ("comparisons", .array(result.comparisons.map(ComparisonJSON.comparison))),
            ("so_far", result.soFar.map(soFar) ?? .null),
        ])
    }

    /// Units whose window is open included.
    private static func soFar(_ metric: MetricSoFar) -> JSONValue {
        .object([
            ("variants", .array(metric.variants.map(variant))),
            ("comparisons", .array(metric.comparisons.map(ComparisonJSON.soFar))),
        ])
    }

    private static func maturity(_ maturity: MetricMaturity) -> JSONValue {
        .object([
            ("settled_units", .integer(maturity.settled)), ("units", .integer(maturity.units)),
            ("window_end_us", .integer(Int(maturity.durationMicroseconds))),
        ])
    }

    private static func variant(_ variant: MetricResult.Variant) -> JSONValue {
        var fields: [(String, JSONValue)] = [
            ("variant_id", .name(variant.variantID)), ("units", .integer(variant.units)),
            ("units_with_outcome", .integer(variant.unitsWithOutcome)), ("sum", .number(variant.sum)),
            ("mean", .number(variant.mean)), ("variance", .number(variant.variance)),
        ]
        if let sums = variant.ratioSums {
            fields += [
                ("numerator_sum", .number(sums.numerator)), ("denominator_sum", .number(sums.denominator)),
            ]
        }
        if let quantile = variant.quantile {
            fields += [
                ("values", .integer(quantile.count)), ("rank", .integer(quantile.rank)),
                ("lower_rank", .integer(quantile.lowerRank)), ("upper_rank", .integer(quantile.upperRank)),
                ("lower", .number(quantile.interval?.lower)), ("upper", .number(quantile.interval?.upper)),
                ("standard_error", .number(quantile.standardError)),
            ]
        }
        return .object(fields)
    }
}
