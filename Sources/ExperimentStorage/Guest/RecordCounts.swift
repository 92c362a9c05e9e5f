import ExperimentDatabase

/// How much was recorded of an experiment.
public struct RecordCounts: Sendable, Hashable {
    private static let countExposures = """
        SELECT count(*) FROM exposure_log WHERE phase_id IN (SELECT phase_id FROM phase_definition WHERE experiment_id = ?1)
        """
    private static let countOutcomes = "SELECT count(*) FROM outcome_log WHERE experiment_id = ?1"

    /// Logged exposures, whatever their enrollment.
    public let exposures: Int
    /// Logged outcomes that name the experiment.
    public let outcomes: Int

    init(_ experimentID: RowNumber<ExperimentRow>, _ connection: borrowing Connection) throws {
        exposures = try Self.count(Self.countExposures, experimentID, connection)
        outcomes = try Self.count(Self.countOutcomes, experimentID, connection)
    }

    private static func count(
        _ sql: String, _ experimentID: RowNumber<ExperimentRow>, _ connection: borrowing Connection
    ) throws -> Int {
        let statement = try connection.prepare(sql)
        try statement.bind(experimentID, at: 1)
        guard try statement.step() else { return 0 }
        return statement.int(0)
    }
}
