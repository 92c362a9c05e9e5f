import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

/// Writes nights, inside its caller's transaction.
///
/// Names become numbers by joins: a night is written once.
enum NightTable {
    private static let selectDates = "SELECT date FROM night ORDER BY date"
    private static let selectExposure = "SELECT last_exposure FROM night WHERE date = ?1"
    private static let selectNight = "SELECT night_id FROM night WHERE date = ?1"
    private static let insertNight = """
        INSERT INTO night (date, as_of_us, last_exposure, last_outcome, crossovers, confidence, stored_at_us)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING night_id
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
    /// Only of an experiment that the night has in the same phase, and of a metric that it has not.
    private static let insertResult = """
        INSERT OR IGNORE INTO night_result
        SELECT ?1, x.experiment_id, m.metric_id, v.variant_id, ?7, ?8, ?9, ?10, ?11, ?12
        FROM experiment_definition AS x
        JOIN night_experiment AS e ON e.experiment_id = x.experiment_id AND e.night_id = ?1
        JOIN phase_definition AS p ON p.phase_id = e.phase_id AND p.number = ?3
        JOIN night_variant AS u ON u.experiment_id = x.experiment_id AND u.night_id = ?1
        JOIN variant_definition AS v ON v.variant_id = u.variant_id AND v.name = ?4
        JOIN metric_definition AS m ON m.name = ?5 AND m.kind = ?6
        WHERE x.name = ?2
        """

    /// The dates of all nights, in order.
    static func dates(_ connection: borrowing Connection) throws -> [String] {
        var dates: [String] = []
        let rows = try connection.prepare(selectDates)
        while try rows.step() { dates.append(rows.text(0)) }
        return dates
    }

    /// Stores a night, unless its date is there.
    /// - Returns: Whether it was stored.
    static func store(
        _ night: Night, at now: Int64, _ connection: borrowing Connection
    ) throws -> Bool {
        guard try find(night.date, connection) == nil else { return false }
        let insert = try connection.prepare(insertNight)
        try insert.bind(night.date, at: 1)
        try insert.bind(night.asOfMicroseconds, at: 2)
        try insert.bind(Int64(night.last.exposure), at: 3)
        try insert.bind(Int64(night.last.outcome), at: 4)
        try insert.bind(night.crossovers, at: 5)
        try insert.bind(night.confidence, at: 6)
        try insert.bind(now, at: 7)
        guard try insert.step() else { throw StorageFailure.damaged("the night could not be added") }
        let nightID: RowNumber<NightRow> = insert.rowNumber(0)
        insert.reset()
        for experiment in night.experiments { try add(experiment, to: nightID, connection) }
        try addResults(of: night.experiments, to: nightID, connection)
        return true
    }

    /// Adds the results of metrics that a stored night does not know.
    /// - Returns: The number of rows added.
    static func complete(_ night: Night, _ connection: borrowing Connection) throws -> Int {
        guard let nightID = try find(night.date, connection) else { return 0 }
        return try addResults(of: night.experiments, to: nightID, connection)
    }

    /// The number of the last exposure that a night saw; nil where none is stored.
    static func lastExposure(_ date: String, _ connection: borrowing Connection) throws -> RowNumber<ExposureRow>? {
        let select = try connection.prepare(selectExposure)
        try select.bind(date, at: 1)
        return try select.step() ? select.rowNumber(0) : nil
    }

    private static func find(_ date: String, _ connection: borrowing Connection) throws -> RowNumber<NightRow>? {
        let select = try connection.prepare(selectNight)
        try select.bind(date, at: 1)
        return try select.step() ? select.rowNumber(0) : nil
    }

    private static func add(
        _ experiment: Night.Experiment, to nightID: RowNumber<NightRow>, _ connection: borrowing Connection
    ) throws {
        let insert = try connection.prepare(insertExperiment)
        try insert.bind(nightID, at: 1)
        try insert.bind(experiment.experiment, at: 2)
        try insert.bind(Int64(experiment.phase), at: 3)
        try insert.bind(experiment.status, at: 4)
        try insert.bind(Int64(experiment.counts.unitsExposed), at: 5)
        try insert.bind(Int64(experiment.counts.unitsCrossover), at: 6)
        try insert.bind(Int64(experiment.counts.outcomes), at: 7)
        try insert.bind(Int64(experiment.counts.outcomesKept), at: 8)
        try insert.bind(experiment.sampleRatioPValue, at: 9)
        try insert.bind(experiment.decision, at: 10)
        try insert.bind(experiment.decisionVariantID, at: 11)
        try insert.run()
        try add(experiment.alarms, of: experiment.experiment, to: nightID, connection)
        let variants = try connection.prepare(insertVariant)
        for variant in experiment.variants {
            try variants.bind(nightID, at: 1)
            try variants.bind(experiment.experiment, at: 2)
            try variants.bind(variant.variantID, at: 3)
            try variants.bind(variant.isControl ? 1 as Int64 : 0, at: 4)
            try variants.bind(Int64(variant.units), at: 5)
            try variants.run()
        }
    }

    private static func add(
        _ alarms: [Night.Alarm], of experiment: ExperimentName, to nightID: RowNumber<NightRow>,
        _ connection: borrowing Connection
    ) throws {
        let insert = try connection.prepare(insertAlarm)
        for (position, alarm) in alarms.enumerated() {
            try insert.bind(nightID, at: 1)
            try insert.bind(experiment, at: 2)
            try insert.bind(Int64(position), at: 3)
            try insert.bind(alarm.name, at: 4)
            try insert.bind(alarm.metric, at: 5)
            try insert.bind(alarm.variantID, at: 6)
            try insert.bind(alarm.detail, at: 7)
            try insert.run()
        }
    }

    @discardableResult
    private static func addResults(
        of experiments: [Night.Experiment], to nightID: RowNumber<NightRow>, _ connection: borrowing Connection
    ) throws -> Int {
        let insert = try connection.prepare(insertResult)
        var added = 0
        for experiment in experiments {
            for result in experiment.results {
                try insert.bind(nightID, at: 1)
                try insert.bind(experiment.experiment, at: 2)
                try insert.bind(Int64(experiment.phase), at: 3)
                try insert.bind(result.variantID, at: 4)
                try insert.bind(result.metric, at: 5)
                try insert.bind(result.kind, at: 6)
                try insert.bind(result.aggregation, at: 7)
                try insert.bind(Int64(result.unitsWithOutcome), at: 8)
                try insert.bind(result.sum, at: 9)
                try insert.bind(result.mean, at: 10)
                try insert.bind(result.variance, at: 11)
                try insert.bind(result.skewness, at: 12)
                try insert.run()
                added += connection.changes
            }
        }
        return added
    }
}
