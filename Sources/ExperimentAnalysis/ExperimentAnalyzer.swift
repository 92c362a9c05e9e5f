import Dispatch
import ExperimentDatabase
public import Experimentation

/// Reads a database and says what its experiments show, beside a running server and without ever blocking it.
///
/// Each analysis reads everything as of one moment, in a read transaction of its own, and steps each log once, whatever the
/// number of experiments and metrics. Memory grows with the units and the metrics they have outcomes of, not with the
/// number of events: a unit takes about 120 bytes with its id, and 4 to 24 bytes more in each metric, twice that where it also
/// has outcomes from before its first exposure. Where that is more than ``AnalysisOptions/memory``, each log is read
/// several times, for a share of the units each, with the same results to the last bit.
public struct ExperimentAnalyzer: Sendable {
    private static let queue = DispatchQueue(label: "experiments.analysis", attributes: .concurrent)

    let path: DatabasePath

    /// Creates an analyzer of a file; no I/O beyond finding its folder.
    /// - Parameter path: The path of the database.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the path is empty or its folder cannot be reached.
    public init(databaseAt path: String) throws(ExperimentError) {
        self.path = try translating("analyze") { try DatabasePath(path) }
    }

    /// Analyses the experiments; suspends, the work is done on a thread of its own.
    ///
    /// Time grows with the number of events: about 0.3 s a million outcomes on two cores.
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
        return try inSnapshot { try read($0, options, telling: tell) }
    }

    /// Runs a body on a connection of its own, in one read transaction.
    func inSnapshot<Value>(
        _ body: (borrowing Connection) throws -> Value
    ) throws(ExperimentError) -> Value {
        try translating("analyze") {
            let connection = try DatabaseFile.openForReading(path)
            try connection.execute("PRAGMA cache_size = -8192")
            let snapshot = try connection.begin(.deferred)
            let value = try body(connection)
            try snapshot.commit()
            return value
        }
    }

    /// The logs, then aggregates, then inferences.
    func read(
        _ connection: borrowing Connection, _ options: AnalysisOptions,
        telling tell: (AnalysisStep) -> Void = { _ in }
    ) throws -> AnalysisResults {
        let other = options.threads > 1 ? try ReadingConnection(path, asOf: connection) : nil
        return try read(connection, other, options, telling: tell)
    }

    /// The same, with a second connection that was opened before anything was read on the first.
    func read(
        _ connection: borrowing Connection, _ other: ReadingConnection?, _ options: AnalysisOptions,
        telling tell: (AnalysisStep) -> Void = { _ in }
    ) throws -> AnalysisResults {
        let (all, damaged) = try ReportedPhase.all(connection, options.phase)
        try ReportedPhase.checkRetained(options, beside: all, connection)
        let reported = try ReportedPhase.select(options, from: all, damaged)
        let aggregates = try LogPasses.aggregates(
            connection, other, PassScope(all, reported, options), telling: tell)
        return AnalysisResults(reported, damaged, aggregates, options)
    }
}
