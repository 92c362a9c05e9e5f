import ExperimentDatabase
import Experimentation

/// The analysed units by the value of an attribute of their first exposure, and each metric in them.
enum SegmentQueries {
    /// The largest segments of an experiment that are shown each on its own; the others together.
    private static let limit = 20

    private static let schema = """
        CREATE TEMP TABLE unit_segment (unit_number INTEGER PRIMARY KEY, segment INTEGER NOT NULL);
        CREATE TEMP TABLE segment (
            experiment_id INTEGER NOT NULL, place INTEGER NOT NULL,     -- from 1, the largest first
            value TEXT,                         -- null: units without the attribute
            PRIMARY KEY (experiment_id, place)
        ) WITHOUT ROWID;
        CREATE TEMP TABLE unit_value (unit_number INTEGER PRIMARY KEY, experiment_id INTEGER NOT NULL, value TEXT)
        """
    /// ?1: whether crossover units are left out; ?2: the attribute.
    ///
    /// An attribute's text is found by its exact name, since
    /// a JSON path could not hold every name.
    private static let fillValues = """
        INSERT INTO temp.unit_value
        SELECT u.unit_number, u.experiment_id,
            (SELECT CAST(a.value AS TEXT) FROM json_each(e.attributes) AS a WHERE a.key = ?2 AND a.atom IS NOT NULL)
        FROM temp.unit AS u CROSS JOIN exposure_log AS e ON e.exposure_id = u.unit_number
        WHERE u.best_enrollment = 0 AND NOT (u.is_crossover AND ?1)
        """
    private static let fillSegments = """
        INSERT INTO temp.segment
        SELECT experiment_id, place, value FROM (
            SELECT experiment_id, value,
                row_number() OVER (PARTITION BY experiment_id ORDER BY count(*) DESC, value IS NULL, value) AS place
            FROM temp.unit_value GROUP BY experiment_id, value
        ) WHERE place <= ?1
        """
    /// 0: one of the smaller segments.
    private static let fillUnits = """
        INSERT INTO temp.unit_segment
        SELECT v.unit_number, coalesce(s.place, 0)
        FROM temp.unit_value AS v
        LEFT JOIN temp.segment AS s ON s.experiment_id = v.experiment_id AND s.value IS v.value
        """
    private static let arms = """
        SELECT v.experiment_id, s.segment, g.value, u.variant_id, count(*)
        FROM temp.unit AS u
        CROSS JOIN temp.unit_segment AS s ON s.unit_number = u.unit_number
        CROSS JOIN temp.unit_value AS v ON v.unit_number = u.unit_number
        LEFT JOIN temp.segment AS g ON g.experiment_id = v.experiment_id AND g.place = s.segment
        GROUP BY v.experiment_id, s.segment, u.variant_id
        ORDER BY v.experiment_id, s.segment = 0, s.segment, u.variant_id
        """
    /// Squares and cubes around the mean of all the segment's units in the variant, as in the whole.
    private static let metrics = """
        WITH arm AS MATERIALIZED (
            SELECT u.experiment_id, s.segment, u.variant_id, count(*) AS units
            FROM temp.unit AS u CROSS JOIN temp.unit_segment AS s ON s.unit_number = u.unit_number
            GROUP BY u.experiment_id, s.segment, u.variant_id
        ),
        average AS MATERIALIZED (
            SELECT y.experiment_id, y.metric_id, s.segment, y.variant_id, count(*) AS units_with_outcome,
                sum(y.outcomes) AS outcomes, total(y.value) AS sum, total(y.value) / a.units AS mean
            FROM temp.unit_outcome AS y
            CROSS JOIN temp.unit_segment AS s ON s.unit_number = y.unit_number
            CROSS JOIN arm AS a
                ON a.experiment_id = y.experiment_id AND a.segment = s.segment AND a.variant_id = y.variant_id
            WHERE y.fate = 0
            GROUP BY y.experiment_id, y.metric_id, s.segment, y.variant_id
        )
        SELECT y.experiment_id, s.segment, m.name, m.kind, m.aggregation, m.direction, y.metric_id, y.variant_id,
            a.units_with_outcome, a.outcomes, a.sum, total((y.value - a.mean) * (y.value - a.mean)),
            total((y.value - a.mean) * (y.value - a.mean) * (y.value - a.mean))
        FROM temp.unit_outcome AS y
        CROSS JOIN temp.unit_segment AS s ON s.unit_number = y.unit_number
        CROSS JOIN average AS a
            ON a.experiment_id = y.experiment_id AND a.metric_id = y.metric_id AND a.segment = s.segment
            AND a.variant_id = y.variant_id
        CROSS JOIN metric_definition AS m ON m.metric_id = y.metric_id
        WHERE y.fate = 0
        GROUP BY y.experiment_id, s.segment, y.metric_id, y.variant_id
        ORDER BY y.experiment_id, s.segment, m.name, m.kind, y.variant_id
        """

    /// Reads the segments, by experiment; one pass over the units and two over the outcomes that count.
    static func segments(
        by attribute: AttributeName, _ connection: borrowing Connection, _ options: AnalysisOptions
    ) throws -> [RowNumber<ExperimentRow>: [SegmentRows]] {
        try connection.execute(schema)
        let values = try connection.prepare(fillValues)
        try values.bind(options.crossovers == .exclude ? 1 as Int64 : 0, at: 1)
        try values.bind(attribute, at: 2)
        try values.run()
        let segments = try connection.prepare(fillSegments)
        try segments.bind(Int64(limit), at: 1)
        try segments.run()
        try connection.execute(fillUnits)
        var found: [RowNumber<ExperimentRow>: [SegmentRows]] = [:]
        let units = try connection.prepare(arms)
        while try units.step() {
            found[units.rowNumber(0), default: []].addUnits(
                units.int(1), units.optionalName(2), units.rowNumber(3), units.int(4))
        }
        let rows = try connection.prepare(metrics)
        while try rows.step() {
            let arm = Aggregates.MetricArm(
                variantRow: rows.rowNumber(7), unitsWithOutcome: rows.int(8), outcomes: rows.int(9),
                sum: rows.double(10),
                squares: rows.double(11), cubes: rows.double(12))
            let metric = Aggregates.Metric(
                metricRow: rows.rowNumber(6), name: rows.name(2), kind: rows.text(3), aggregation: rows.text(4),
                direction: rows.text(5), arms: [arm])
            found[rows.rowNumber(0), default: []].add(metric, to: rows.int(1))
        }
        return found
    }
}

/// One segment of an experiment as the database counts it.
struct SegmentRows {
    /// Its place by size, from 1; 0 for the smaller ones together.
    let place: Int
    let value: AttributeValue?
    /// Analysed units by variant.
    var units: [RowNumber<VariantRow>: Int] = [:]
    /// By name and kind.
    var metrics: [Aggregates.Metric] = []
}

extension [SegmentRows] {
    fileprivate mutating func addUnits(
        _ place: Int, _ value: AttributeValue?, _ variant: RowNumber<VariantRow>, _ count: Int
    ) {
        if last?.place != place { append(SegmentRows(place: place, value: value)) }
        self[endIndex - 1].units[variant] = count
    }

    fileprivate mutating func add(_ metric: Aggregates.Metric, to place: Int) {
        guard let index = firstIndex(where: { $0.place == place }) else { return }
        self[index].metrics.add(metric)
    }
}
