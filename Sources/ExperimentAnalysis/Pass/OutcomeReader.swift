import ExperimentDatabase

/// A thread's part of the pass over the outcomes: it steps a block of rows at a time, and has what they tell units.
final class OutcomeReader {
    /// ?1 and ?2: the first and the last row; ?3: rows from this time on don't exist.
    static let rows = """
        SELECT experiment_id, metric_id, value, timestamp_us, user_id, session_id, attributes, id
        FROM main.outcome_log WHERE outcome_id BETWEEN ?1 AND ?2 AND timestamp_us < ?3
        """

    private let rows: Statement
    private let end: Int64
    private(set) var found: OutcomeAttribution
    /// Number of rows in the last block.
    private(set) var rowCount = 0
    private(set) var failure: (any Error)?

    init(
        _ rows: consuming Statement, _ exposures: ExposurePass, _ links: PassLinks?, _ metrics: PassMetrics,
        _ scope: PassScope, cells: Int
    ) {
        self.rows = rows
        end = scope.options.asOfMicroseconds ?? .max
        found = OutcomeAttribution(exposures, links, metrics, scope, cells: cells)
    }

    /// Reads the rows of some numbers; what went wrong is in ``failure``.
    func read(_ numbers: ClosedRange<Int64>) {
        found.forgetMessages()
        do {
            try rows.bind(numbers.lowerBound, at: 1)
            try rows.bind(numbers.upperBound, at: 2)
            try rows.bind(end, at: 3)
            rowCount = try found.take(rows)
        } catch {
            failure = error
        }
    }

    /// Forgets the last block: nothing is to be told.
    func rest() {
        found.forgetMessages()
        rowCount = 0
    }
}
