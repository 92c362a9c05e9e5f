package import ExperimentDatabase
package import Experimentation

/// Reads and writes how metrics are read at analysis.
package enum MetricDefinitionTable {
    private static let select = """
        SELECT
            m.name, m.kind, m.direction, m.aggregation, o.name, o.kind, m.outcome_filter, m.delay_us, m.window_us,
            m.is_mature, m.absent, m.floor, m.cap, m.cap_level, m.cap_nonzero, n.name, n.kind, d.name, d.kind,
            m.quantile_level, m.population, m.measurement_unit
        FROM metric_definition AS m
        LEFT JOIN metric_definition AS o ON o.metric_id = m.of_metric_id
        LEFT JOIN metric_definition AS n ON n.metric_id = m.numerator_id
        LEFT JOIN metric_definition AS d ON d.metric_id = m.denominator_id
        WHERE m.is_defined >= ?1
        ORDER BY m.name, m.kind
        """
    private static let upsert = """
        INSERT INTO metric_definition (
            name, kind, direction, aggregation, of_metric_id, outcome_filter, delay_us, window_us, is_mature, absent,
            floor, cap, cap_level, cap_nonzero, numerator_id, denominator_id, quantile_level, population,
            measurement_unit
        ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
        ON CONFLICT (name, kind) DO UPDATE SET
            direction = excluded.direction, aggregation = excluded.aggregation, of_metric_id = excluded.of_metric_id,
            outcome_filter = excluded.outcome_filter, delay_us = excluded.delay_us, window_us = excluded.window_us,
            is_mature = excluded.is_mature, absent = excluded.absent, floor = excluded.floor, cap = excluded.cap,
            cap_level = excluded.cap_level, cap_nonzero = excluded.cap_nonzero, numerator_id = excluded.numerator_id,
            denominator_id = excluded.denominator_id, quantile_level = excluded.quantile_level,
            population = excluded.population, measurement_unit = excluded.measurement_unit, is_defined = 1
        WHERE is_defined = 0 OR (
            direction, aggregation, of_metric_id, outcome_filter, delay_us, window_us, is_mature, absent, floor, cap,
            cap_level, cap_nonzero, numerator_id, denominator_id, quantile_level, population, measurement_unit
        ) IS NOT (
            excluded.direction, excluded.aggregation, excluded.of_metric_id, excluded.outcome_filter, excluded.delay_us,
            excluded.window_us, excluded.is_mature, excluded.absent, excluded.floor, excluded.cap, excluded.cap_level,
            excluded.cap_nonzero, excluded.numerator_id, excluded.denominator_id, excluded.quantile_level,
            excluded.population, excluded.measurement_unit
        )
        """
    private static let insertRecorded = """
        INSERT INTO metric_definition (name, kind, aggregation, is_defined) VALUES (?1, ?2, ?3, 0)
        ON CONFLICT (name, kind) DO NOTHING
        """
    private static let selectID = "SELECT metric_id FROM metric_definition WHERE name = ?1 AND kind = ?2"
    private static let selectOutcome = """
        SELECT 1 FROM outcome_log
        WHERE metric_id = (SELECT metric_id FROM metric_definition WHERE name = ?1 AND kind = ?2) LIMIT 1
        """

    /// Every metric, by name and kind; or those that somebody defined, without those that were only recorded.
    package static func all(
        _ connection: borrowing Connection, onlyDefined isOnlyDefined: Bool = false
    ) throws -> [MetricDefinition] {
        var metrics: [MetricDefinition] = []
        let rows = try connection.query(select, isOnlyDefined)
        while try rows.step() {
            var row = rows.row
            let metric: MetricDefinition?
            do throws(BrokenRules) { metric = try MetricDefinition(&row) } catch {
                throw StorageFailure.damaged("a metric of the file breaks a rule: \(error.first)")
            }
            guard let metric else { throw StorageFailure.damaged("a metric of the file is of an unknown sort") }
            metrics.append(metric)
        }
        return metrics
    }

    /// Makes a metric's definition true, and counts no change where it was; those it is computed from are in the file, and named with their kinds.
    package static func set(_ metric: MetricDefinition, _ connection: borrowing Connection) throws {
        var (source, numerator, denominator, quantile) = (
            nil as Int64?, nil as Int64?, nil as Int64?, nil as MetricQuantile?
        )
        switch metric.statistic {
        case .mean(let value):
            if case .derived(let recorded, _) = value.source {
                source = try id(MetricReference(recorded.text, kind: value.kind), connection)
            }
        case .ratio(let ratio):
            numerator = try id(ratio.numerator, connection)
            denominator = try id(ratio.denominator, connection)
        case .quantile(let given):
            source = try id(given.metric, connection)
            quantile = given
        }
        let value = metric.value
        try connection.run(
            upsert, metric.name, metric.kind.rawValue, metric.direction.rawValue, value?.aggregation.rawValue, source,
            value?.source.filter.flatMap { $0 == .all ? nil : $0.json }, value?.delayMicroseconds ?? 0,
            value?.windowMicroseconds, value?.isMature ?? false, (value?.absent ?? .zero).rawValue, value?.floor,
            value?.cap?.number, value?.cap?.level?.value, value?.cap?.isOfNonzero ?? false, numerator, denominator,
            quantile?.level.value, quantile?.population.rawValue, metric.measurementUnit?.text)
    }

    /// Whether an outcome of a metric was recorded; reads the whole log where none was.
    package static func hasOutcome(
        _ name: MetricName, _ kind: MetricKind, _ connection: borrowing Connection
    ) throws -> Bool {
        try connection.query(selectOutcome, name, kind.rawValue).step()
    }

    /// The number of a metric that another one is computed from; one that nothing was recorded of yet gets a row.
    private static func id(_ metric: MetricReference, _ connection: borrowing Connection) throws -> Int64? {
        guard let kind = metric.kind else { return nil }
        try connection.run(insertRecorded, metric.name, kind.rawValue, kind.defaultAggregation.rawValue)
        let select = try connection.query(selectID, metric.name, kind.rawValue)
        return try select.step() ? select.int64(0) : nil
    }
}

extension MetricDefinition {
    /// Reads a row of the table, its columns as they are selected; nil for what this library does not know.
    fileprivate init?(_ row: inout Row) throws(BrokenRules) {
        let name: MetricName = row.name()
        let kind = MetricKind(rawValue: row.text())
        let direction = MetricDirection(rawValue: row.text())
        let aggregation = row.optionalText().flatMap { MetricAggregation(rawValue: $0) }
        let source = MetricReference(&row)
        let filter = row.optionalText().map { OutcomeFilter(json: $0) } ?? .all
        let (delay, window, isMature) = (row.int64(), row.optionalInt64(), row.bool())
        let absent = AbsentUnits(rawValue: row.text())
        let (floor, number) = (row.optionalDouble(), row.optionalDouble())
        let (level, isOfNonzero) = (row.optionalDouble().map { try? QuantileLevel($0) }, row.bool())
        let (numerator, denominator) = (MetricReference(&row), MetricReference(&row))
        let quantileLevel = row.optionalDouble().flatMap { try? QuantileLevel($0) }
        let population = row.optionalText().flatMap { MetricQuantile.Population(rawValue: $0) }
        let unit = row.optionalText().map { try? MeasurementUnit($0) }

        guard let kind, let direction else { return nil }
        if let unit, unit == nil { return nil }
        switch kind {
        case .ratio:
            guard let numerator, let denominator else { return nil }
            let ratio = MetricRatio(numerator: numerator, denominator: denominator)
            try self.init(checking: name, .ratio(ratio), direction, unit ?? nil)
        case .quantile:
            guard let source, let quantileLevel, let population else { return nil }
            let quantile = MetricQuantile(level: quantileLevel, metric: source, population: population)
            try self.init(checking: name, .quantile(quantile), direction, unit ?? nil)
        case .bool, .numeric, .count:
            guard let values = kind.values, let aggregation, let absent, let filter else { return nil }
            if let level, level == nil { return nil }
            let cap = number.map { ValueCap.value($0) } ?? level?.map { .percentile($0, nonzero: isOfNonzero) }
            let value = try UnitValue(
                checking: values, source: source.map { .derived(of: $0.name, filter) } ?? .recorded,
                aggregation: aggregation, windowMicroseconds: window, delayMicroseconds: delay, isMature: isMature,
                absent: absent, floor: floor, cap: cap)
            try self.init(checking: name, .mean(value), direction, unit ?? nil)
        }
    }
}

extension MetricReference {
    /// Reads a name and a kind; nil where they are null, or of no metric of units' values.
    fileprivate init?(_ row: inout Row) {
        let (name, kind) = (row.optionalText(), row.optionalText().flatMap { OutcomeValue.Kind(rawValue: $0) })
        guard let name, let kind else { return nil }
        self.init(name, kind: kind)
    }
}

extension UnitValue.Source {
    fileprivate var filter: OutcomeFilter? { if case .derived(_, let filter) = self { filter } else { nil } }
}

extension ValueCap {
    fileprivate var number: Double? { if case .value(let number) = self { number } else { nil } }

    fileprivate var level: QuantileLevel? { if case .percentile(let level, _) = self { level } else { nil } }

    fileprivate var isOfNonzero: Bool { if case .percentile(_, let isOfNonzero) = self { isOfNonzero } else { false } }
}
