import ExperimentDatabase
import Experimentation

/// The rules between the rows of different definition tables, where no foreign key says so.
enum DefinitionRules {
    private static let rules = [
        (
            "the phases of an experiment are numbered from 1 without a gap",
            """
            SELECT count(*), min(experiment_id) FROM (
                SELECT experiment_id FROM phase_definition GROUP BY experiment_id HAVING min(number) <> 1 OR max(number) <> count(*)
            )
            """
        ),
        (
            "a phase’s variant is one of its experiment",
            """
            SELECT count(*), min(p.phase_id) FROM phase_variant AS w JOIN phase_definition AS p ON p.phase_id = w.phase_id
            JOIN variant_definition AS v ON v.variant_id = w.variant_id WHERE v.experiment_id <> p.experiment_id
            """
        ),
        (
            "a tester’s variant is one of the experiment",
            """
            SELECT count(*), min(o.experiment_id) FROM unit_override AS o
            JOIN variant_definition AS v ON v.variant_id = o.variant_id WHERE v.experiment_id <> o.experiment_id
            """
        ),
        (
            "a night’s phase is one of its experiment",
            """
            SELECT count(*), min(n.night_id) FROM night_experiment AS n JOIN phase_definition AS p ON p.phase_id = n.phase_id
            WHERE p.experiment_id <> n.experiment_id
            """
        ),
        (
            "a night’s variant is one of its experiment",
            """
            SELECT count(*), min(n.night_id) FROM night_variant AS n JOIN variant_definition AS v ON v.variant_id = n.variant_id
            WHERE v.experiment_id <> n.experiment_id
            """
        ),
        (
            "a metric’s kind, aggregation and direction are known, its window is above 0, its delay and its cap not below",
            """
            SELECT count(*), min(metric_id) FROM metric_definition
            WHERE kind NOT IN ('bool', 'numeric', 'count', 'ratio', 'quantile')
                OR aggregation NOT IN (\(MetricAggregation.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")))
                OR (aggregation IS NULL) <> (kind IN ('ratio', 'quantile')) OR (kind = 'bool' AND aggregation = 'max')
                OR direction NOT IN ('increase', 'decrease') OR window_us <= 0 OR delay_us < 0 OR cap < 0
                OR is_mature NOT IN (0, 1) OR absent NOT IN ('zero', 'exclude')
                OR NOT (cap_level > 0 AND cap_level < 1) OR NOT (quantile_level > 0 AND quantile_level < 1)
                OR population NOT IN ('units', 'units_with_outcome', 'events')
            """
        ),
        (
            "a metric is derived from recorded outcomes of its own kind, a ratio or quantile from no other ratio or quantile",
            """
            SELECT count(*), min(m.metric_id) FROM metric_definition AS m
            LEFT JOIN metric_definition AS o ON o.metric_id = m.of_metric_id
            LEFT JOIN metric_definition AS n ON n.metric_id = m.numerator_id
            LEFT JOIN metric_definition AS d ON d.metric_id = m.denominator_id
            WHERE CASE m.kind
                WHEN 'ratio' THEN n.aggregation IS NULL OR d.aggregation IS NULL
                WHEN 'quantile' THEN o.aggregation IS NULL OR m.quantile_level IS NULL OR m.population IS NULL
                ELSE m.of_metric_id IS NOT NULL AND (o.kind IS NOT m.kind OR o.of_metric_id IS NOT NULL)
            END
            """
        ),
        (
            "the definitions have a version",
            "SELECT count(*) <> 1, 1 FROM definition_version"
        ),
    ]

    /// The rules that are broken.
    static func violations(_ connection: borrowing Connection) throws -> [LogCheck.Violation] {
        var violations: [LogCheck.Violation] = []
        for (rule, sql) in rules {
            let check = try connection.prepare(sql)
            guard try check.step(), check.int(0) > 0 else { continue }
            violations.append(LogCheck.Violation(rule: rule, rows: check.int(0), firstRow: check.int(1)))
        }
        return violations
    }
}
