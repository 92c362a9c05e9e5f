import Dispatch
import ExperimentDatabase
public import Experimentation

/// Reads a database and says what its experiments show, beside a running server and without ever blocking it.
///
/// Each analysis opens a read-only connection of its own and reads everything in one transaction, so all its numbers are
/// of one moment. What it derives on the way lives in temporary tables, which SQLite keeps on disk when they are large:
/// memory does not grow with the number of events.
public struct ExperimentAnalyzer: Sendable {
    private static let queue = DispatchQueue(label: "experiments.analysis", attributes: .concurrent)

    private let path: DatabasePath

    /// Creates an analyzer of a file; no I/O beyond finding its folder.
    /// - Parameter path: The path of the database.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the path is empty or its folder cannot be reached.
    public init(databaseAt path: String) throws(ExperimentError) {
        self.path = try translating { () throws(SQLiteError) in try DatabasePath(path) }
    }

    /// Analyses the experiments; suspends, the work is done on a thread of its own.
    ///
    /// Time grows with the number of events: about 6 s a million outcomes.
    /// - Parameter options: What to report, and by which rules.
    /// - Returns: The results, experiments in order of definition.
    /// - Throws: ``Experimentation/ExperimentError/experimentNotFound(_:)`` for an id that is not in the file;
    ///   ``Experimentation/ExperimentError/invalidContext(_:)`` for a phase or confidence out of range;
    ///   ``Experimentation/ExperimentError/backend(_:)`` when the file is missing, not ours, newer or damaged.
    public func analyze(
        _ options: AnalysisOptions = AnalysisOptions()
    ) async throws(ExperimentError) -> AnalysisResults {
        let result = await withUnsafeContinuation {
            (continuation: UnsafeContinuation<Result<AnalysisResults, ExperimentError>, Never>) in
            Self.queue.async {
                continuation.resume(
                    returning: Result { () throws(ExperimentError) in try self.analyze(options) })
            }
        }
        return try result.get()
    }

    /// Analyses the experiments; blocks the thread.
    /// - Parameters:
    ///   - options: What to report, and by which rules.
    ///   - tell: Called as each step begins.
    /// - Returns: The results, experiments in order of definition.
    /// - Throws: As ``analyze(_:)``.
    public func analyze(
        _ options: AnalysisOptions = AnalysisOptions(), telling tell: (AnalysisStep) -> Void = { _ in }
    ) throws(ExperimentError) -> AnalysisResults {
        guard options.confidence > 0, options.confidence < 1 else {
            throw .invalid("confidence", "must be between 0 and 1")
        }
        return try reading { (connection) throws(ExperimentError) in try Self.read(connection, options, telling: tell) }
    }

    /// Runs a body on a connection of its own, in one read transaction.
    func reading<Value>(
        _ body: (borrowing Connection) throws(ExperimentError) -> Value
    ) throws(ExperimentError) -> Value {
        let connection = try translating { () throws(SQLiteError) in try DatabaseFile.openForReading(path) }
        let read = try translating { () throws(SQLiteError) in
            try connection.execute("PRAGMA cache_size = -65536; PRAGMA temp.cache_size = -65536")
            return try connection.transaction(.deferred) { () throws(SQLiteError) in
                Result { () throws(ExperimentError) in try body(connection) }
            }
        }
        return try read.get()
    }

    /// Rows, then aggregates, then inferences.
    static func read(
        _ connection: borrowing Connection, _ options: AnalysisOptions,
        telling tell: (AnalysisStep) -> Void = { _ in }
    ) throws(ExperimentError) -> AnalysisResults {
        let (all, failures) = try translating { () throws(SQLiteError) in
            try ReportedPhase.all(connection, options.phase)
        }
        let reported = try ReportedPhase.select(options, from: all, failures)
        let aggregates = try translating { () throws(SQLiteError) in
            tell(.exposures)
            try UnitTable.create(connection, all, reported, options)
            tell(.outcomes)
            try UnitOutcomeTable.create(connection, options)
            tell(.aggregates)
            return try Aggregates(connection, options)
        }
        return AnalysisResults(reported, failures, aggregates, options)
    }
}

/// The one place where a failure of the database becomes one of the API.
func translating<Value: ~Copyable>(
    _ body: () throws(SQLiteError) -> Value
) throws(ExperimentError) -> Value {
    do throws(SQLiteError) { return try body() } catch {
        throw .backend(
            BackendFailure(
                operation: "analyze", code: error.code, message: error.message, isTransient: error.isTransient))
    }
}
