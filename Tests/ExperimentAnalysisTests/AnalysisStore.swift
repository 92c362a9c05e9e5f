import ExperimentAnalysis
import ExperimentDatabase
import ExperimentStorage
import Experimentation
import Logging
import TestSupport

/// A store in a folder of its own, and what analysis makes of it.
struct AnalysisStore {
    let folder = TemporaryFolder()
    let store: ExperimentStore

    init(_ experiments: Experiment..., metrics: [MetricDefinition] = []) async throws {
        var configuration = StoreConfiguration()
        configuration.logger.logLevel = .critical
        configuration.durability = .processCrash
        store = try await ExperimentStore.open(at: folder.file("shop.db"), configuration: configuration)
        let defined = try experiments.isEmpty ? [Shop.button()] : experiments
        _ = try await store.apply(
            Definitions(
                experiments: defined.map { Definitions.DefinedExperiment($0, status: $0.status) }, metrics: metrics))
    }

    var path: String { folder.file("shop.db") }

    func analyze(_ change: (inout AnalysisOptions) -> Void = { _ in }) async throws -> AnalysisResults {
        var options = AnalysisOptions()
        change(&options)
        return try await ExperimentAnalyzer(databaseAt: path).analyze(options)
    }

    /// The only experiment's result.
    func result(_ change: (inout AnalysisOptions) -> Void = { _ in }) async throws -> ExperimentResult {
        try await analyze(change).experiments[0]
    }

    /// The rows of a query, columns joined by `|`, as the shell prints them.
    func rows(_ sql: String) throws -> [String] {
        let connection = try DatabaseFile.openForReading(DatabasePath(path))
        let statement = try connection.prepare("SELECT * FROM (\(sql))")
        var rows: [String] = []
        try statement.forEachRow { (row) throws(SQLiteError) in
            rows.append((0..<row.columnCount).map { row.text($0) }.joined(separator: "|"))
        }
        return rows
    }
}

extension OutcomeCounts {
    /// The reasons that occur, with their counts.
    var reasons: [DiscardReason: Int] {
        Dictionary(uniqueKeysWithValues: DiscardReason.allCases.map { ($0, discarded($0)) }).filter { $0.value > 0 }
    }
}
