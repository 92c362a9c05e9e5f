package import ExperimentDatabase
package import Experimentation

/// Reads and writes how metrics are read at analysis.
package enum MetricDefinitionTable {
    private static let select = """
        SELECT name, kind, aggregation, window_us, cap, direction FROM metric_definition ORDER BY name, kind
        """
    private static let upsert = """
        INSERT INTO metric_definition (name, kind, aggregation, window_us, cap, direction) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (name, kind) DO UPDATE SET
            aggregation = excluded.aggregation, window_us = excluded.window_us, cap = excluded.cap,
            direction = excluded.direction, is_defined = 1
        """

    /// Every metric, by name and kind.
    package static func all(_ connection: borrowing Connection) throws -> [MetricDefinition] {
        var metrics: [MetricDefinition] = []
        let rows = try connection.prepare(select)
        while try rows.step() {
            guard let kind = OutcomeValue.Kind(rawValue: rows.text(1)),
                let aggregation = MetricAggregation(rawValue: rows.text(2)),
                let direction = MetricDirection(rawValue: rows.text(5))
            else { throw StorageFailure.damaged("a metric of the file has an unknown kind or aggregation") }
            do throws(ExperimentError) {
                metrics.append(
                    try MetricDefinition(
                        name: rows.text(0), kind: kind, aggregation: aggregation,
                        windowMicroseconds: rows.optionalInt64(3), cap: rows.optionalDouble(4).map { .value($0) },
                        direction: direction))
            } catch {
                throw StorageFailure.damaged("a metric of the file breaks a rule: \(error)")
            }
        }
        return metrics
    }

    /// Makes a metric's definition true.
    package static func set(_ metric: MetricDefinition, _ connection: borrowing Connection) throws {
        guard let value = metric.value, value.isStorable else {
            throw ExperimentError.invalid("metric", "is of a sort that this file cannot hold yet")
        }
        let upsert = try connection.prepare(Self.upsert)
        try upsert.bind(metric.name, at: 1)
        try upsert.bind(metric.kind.rawValue, at: 2)
        try upsert.bind(value.aggregation.rawValue, at: 3)
        try upsert.bind(value.windowMicroseconds, at: 4)
        try upsert.bind(value.cap?.number, at: 5)
        try upsert.bind(metric.direction.rawValue, at: 6)
        try upsert.run()
    }
}

extension UnitValue {
    /// Whether the columns of the file can say it.
    fileprivate var isStorable: Bool {
        let known: [MetricAggregation] = [.any, .sum, .mean, .count]
        if case .percentile = cap { return false }
        return source == .recorded && known.contains(aggregation) && delayMicroseconds == 0 && floor == nil
            && absent == aggregation.defaultAbsent && isMature == (windowMicroseconds != nil)
    }
}

extension ValueCap {
    fileprivate var number: Double? { if case .value(let number) = self { number } else { nil } }
}
