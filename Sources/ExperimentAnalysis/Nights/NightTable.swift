import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStatistics
import Experimentation

/// Writes nights, inside its caller's transaction; ``NightRows`` reads them.
///
/// Names become numbers by joins: a night is written once.
enum NightTable {
    private static let selectDates = "SELECT date FROM night ORDER BY date"
    private static let selectExposure = "SELECT last_exposure FROM night WHERE date = ?1"
    private static let selectNight = "SELECT night_id FROM night WHERE date = ?1"
    private static let insertNight = """
        INSERT INTO night (date, as_of_us, last_exposure, last_outcome, last_change, crossovers, confidence, stored_at_us)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING night_id
        """
    private static let insertExperiment = """
        INSERT INTO night_experiment
        SELECT ?1, x.experiment_id, p.phase_id, ?4, ?5, ?6, ?7, ?8, ?9, ?10,
            (SELECT variant_id FROM variant_definition WHERE experiment_id = x.experiment_id AND name = ?11)
        FROM experiment_definition AS x JOIN phase_definition AS p ON p.experiment_id = x.experiment_id AND p.number = ?3
        WHERE x.name = ?2
        """
    private static let insertAlarm = """
        INSERT INTO night_alarm
        SELECT ?1, experiment_id, ?3, ?4, ?5, ?6, ?7 FROM experiment_definition WHERE name = ?2
        """
    private static let insertVariant = """
        INSERT INTO night_variant
        SELECT ?1, v.experiment_id, v.variant_id, ?4, ?5
        FROM experiment_definition AS x JOIN variant_definition AS v ON v.experiment_id = x.experiment_id AND v.name = ?3
        WHERE x.name = ?2
        """
    /// Result of a metric: only of an experiment that the night has in the same phase, and of a metric that it has not.
    private static let insertResult = """
        INSERT OR IGNORE INTO night_result
        SELECT ?1, x.experiment_id, m.metric_id, v.variant_id, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
            ?14, ?15, ?16, ?17, ?18
        FROM experiment_definition AS x
        JOIN night_experiment AS e ON e.experiment_id = x.experiment_id AND e.night_id = ?1
        JOIN phase_definition AS p ON p.phase_id = e.phase_id AND p.number = ?3
        JOIN night_variant AS u ON u.experiment_id = x.experiment_id AND u.night_id = ?1
        JOIN variant_definition AS v ON v.variant_id = u.variant_id AND v.name = ?4
        JOIN metric_definition AS m ON m.name = ?5 AND m.kind = ?6
        WHERE x.name = ?2
        """
    private static let insertQuantile = """
        INSERT INTO night_quantile
        SELECT ?1, x.experiment_id, m.metric_id, v.variant_id, ?6, ?7, ?8, ?9, ?10
        FROM experiment_definition AS x
        JOIN variant_definition AS v ON v.experiment_id = x.experiment_id AND v.name = ?3
        JOIN metric_definition AS m ON m.name = ?4 AND m.kind = ?5
        WHERE x.name = ?2
        """

    private static let insertWithdrawal = """
        INSERT INTO night_withdrawal (date, as_of_us, stored_at_us, withdrawn_at_us, decisions)
        SELECT n.date, n.as_of_us, n.stored_at_us, ?2, (
            SELECT json_group_object(x.name, e.decision)
            FROM night_experiment AS e JOIN experiment_definition AS x ON x.experiment_id = e.experiment_id
            WHERE e.night_id = n.night_id)
        FROM night AS n WHERE n.night_id = ?1
        """
    /// A row of the log for each experiment of the night, or a single row of no experiment: the verdict before, and nothing after.
    ///
    /// The log of changes is append-only, so the withdrawal stands in it for ever.
    private static let logWithdrawal = """
        INSERT INTO definition_log (changed_at_us, origin, last_exposure, experiment_id, metric_id, field, phase, position,
            before, after)
        SELECT ?2, ?3, coalesce((SELECT max(exposure_id) FROM exposure_log), 0), coalesce(e.experiment_id, 0), 0, 'night',
            coalesce(p.number, 0), 0, n.date || coalesce(' ' || e.decision, ''), NULL
        FROM night AS n LEFT JOIN night_experiment AS e ON e.night_id = n.night_id
        LEFT JOIN phase_definition AS p ON p.phase_id = e.phase_id
        WHERE n.night_id = ?1 ORDER BY e.experiment_id
        """
    /// Tables of a night, those that refer to a night before the table of nights.
    static let parts = [
        "night_quantile", "night_result", "night_variant", "night_alarm", "night_experiment", "night",
    ]

    /// The days of all nights, in order: days since 1970-01-01, of whatever calendar each was stored by.
    static func days(_ connection: borrowing Connection) throws -> [Int] {
        var days: [Int] = []
        let rows = try connection.query(selectDates)
        while try rows.step() { if let day = CivilDate(rows.text(0)) { days.append(day.number) } }
        return days
    }

    /// Stores what was seen as of the end of a day, unless its date is there.
    /// - Returns: Whether it was stored.
    static func store(
        _ results: AnalysisResults, day: Int, at now: Int64, _ connection: borrowing Connection
    ) throws -> Bool {
        guard try find(day, connection) == nil else { return false }
        let insert = try connection.query(
            insertNight, CivilDate(day).text, results.options.calendar.start(of: day + 1), results.through.exposure,
            results.through.outcome, results.lastChange, results.options.crossovers.rawValue,
            results.options.confidence, now)
        guard try insert.step() else { throw StorageFailure.damaged("the night could not be added") }
        let night: RowNumber<NightRow> = insert.rowNumber(0)
        insert.reset()
        for result in results.experiments { try add(result, to: night, connection) }
        try addMetrics(of: results.experiments, to: night, connection)
        return true
    }

    /// Adds the results of metrics that a stored night does not know.
    /// - Returns: The number of rows added: one a metric and variant.
    static func complete(_ results: AnalysisResults, day: Int, _ connection: borrowing Connection) throws -> Int {
        guard let night = try find(day, connection) else { return 0 }
        return try addMetrics(of: results.experiments, to: night, connection)
    }

    /// Removes the night of a day, and writes down that it was there, what it had decided and who withdrew it.
    /// - Returns: Whether there was one.
    static func withdraw(_ day: Int, at now: Int64, _ connection: borrowing Connection) throws -> Bool {
        guard let night = try find(day, connection) else { return false }
        try connection.run(insertWithdrawal, night, now)
        try connection.run(logWithdrawal, night, now, ChangeOrigin.tool.rawValue)
        for table in parts { try connection.run("DELETE FROM \(table) WHERE night_id = ?1", night) }
        return true
    }

    /// The last exposure that was there when a night was stored; nil where none is stored.
    static func lastExposure(ofNight day: Int, _ connection: borrowing Connection) throws -> RowNumber<ExposureRow>? {
        let select = try connection.query(selectExposure, CivilDate(day).text)
        return try select.step() ? select.rowNumber(0) : nil
    }

    private static func find(_ day: Int, _ connection: borrowing Connection) throws -> RowNumber<NightRow>? {
        let select = try connection.query(selectNight, CivilDate(day).text)
        return try select.step() ? select.rowNumber(0) : nil
    }

    private static func add(
        _ result: ExperimentResult, to night: RowNumber<NightRow>, _ connection: borrowing Connection
    ) throws {
        let decision = result.decision
        try connection.run(
            insertExperiment, night, result.experiment, result.phase, result.status.rawValue, result.units.exposed,
            result.units.crossover, result.outcomes.total, result.outcomes.kept, result.sampleRatio.pValue,
            decision.verdict.rawValue, decision.variantID)
        for (position, alarm) in result.nightAlarms.enumerated() {
            try connection.run(
                insertAlarm, night, result.experiment, position, alarm.name, alarm.metric, alarm.variantID, alarm.detail
            )
        }
        for variant in result.variants {
            try connection.run(
                insertVariant, night, result.experiment, variant.variantID, variant.isControl, variant.units)
        }
    }

    @discardableResult
    private static func addMetrics(
        of results: [ExperimentResult], to night: RowNumber<NightRow>, _ connection: borrowing Connection
    ) throws -> Int {
        var added = 0
        for result in results {
            for metric in result.metrics {
                for variant in metric.variants {
                    let past = variant.statistic.past
                    let adjustment = metric.comparison(with: variant.variantID)?.nightlyAdjustment
                    try connection.run(
                        insertResult, night, result.experiment, result.phase, variant.variantID, metric.metric,
                        metric.kind.rawValue, metric.aggregation?.rawValue, variant.units, variant.unitsWithOutcome,
                        variant.sum,
                        variant.mean, variant.variance, metric.skewness, past?.second.mean, past?.second.variance,
                        past?.covariance, adjustment?.slope, adjustment?.residualSkewness)
                    guard connection.changes > 0 else { continue }
                    added += 1
                    try addLook(result, metric, variant.variantID, to: night, connection)
                }
            }
        }
        return added
    }

    /// Adds what a quantile's comparison says beside mean and variance.
    private static func addLook(
        _ result: ExperimentResult, _ metric: MetricResult, _ variantID: VariantName, to night: RowNumber<NightRow>,
        _ connection: borrowing Connection
    ) throws {
        guard let look = metric.comparison(with: variantID)?.quantileLook else { return }
        try connection.run(
            insertQuantile, night, result.experiment, variantID, metric.metric, metric.kind.rawValue,
            look.differenceInterval.lower, look.differenceInterval.upper, look.liftInterval?.lower,
            look.liftInterval?.upper, look.logEValue)
    }
}
