import ExperimentDatabase
import Experimentation

/// Reads and writes how metrics are read at analysis.
enum MetricDefinitionTable {
    private static let select = """
        SELECT name, kind, aggregation, window_us, cap, direction FROM metric_definition ORDER BY name, kind
        """
    private static let upsert = """
        INSERT INTO metric_definition (name, kind, aggregation, window_us, cap, direction) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (name, kind) DO UPDATE SET
            aggregation = excluded.aggregation, window_us = excluded.window_us, cap = excluded.cap,
            direction = excluded.direction
        """

    /// Every metric, by name and kind.
    static func all(_ connection: borrowing Connection) throws(SQLiteError) -> [MetricDefinition] {
        var metrics: [MetricDefinition] = []
        try connection.prepare(select).forEachRow { (row) throws(SQLiteError) in
            guard let kind = MetricKind(rawValue: row.text(1)),
                let aggregation = MetricAggregation(rawValue: row.text(2)),
                let direction = MetricDirection(rawValue: row.text(5))
            else { throw SQLiteError(code: 0, message: "a metric of the file has an unknown kind or aggregation") }
            do throws(ExperimentError) {
                metrics.append(
                    try MetricDefinition(
                        name: row.text(0), kind: kind, aggregation: aggregation,
                        windowMicroseconds: row.optionalInt64(3), cap: row.optionalDouble(4), direction: direction))
            } catch {
                throw SQLiteError(code: 0, message: "a metric of the file breaks a rule: \(error)")
            }
        }
        return metrics
    }

    /// Makes a metric's definition true.
    static func set(_ metric: MetricDefinition, _ connection: borrowing Connection) throws(SQLiteError) {
        let upsert = try connection.prepare(Self.upsert)
        try upsert.bind(metric.name, at: 1)
        try upsert.bind(metric.kind.rawValue, at: 2)
        try upsert.bind(metric.aggregation.rawValue, at: 3)
        try upsert.bind(metric.windowMicroseconds, at: 4)
        try upsert.bind(metric.cap, at: 5)
        try upsert.bind(metric.direction.rawValue, at: 6)
        try upsert.run()
    }
}
