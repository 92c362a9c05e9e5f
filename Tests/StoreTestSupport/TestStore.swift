package import ExperimentAnalysis
import ExperimentDatabase
package import ExperimentDefinitions
package import ExperimentStorage
package import Experimentation
import Logging
package import TestSupport

extension StoreConfiguration {
    /// The configuration of ``TestStore/quiet`` with less durability, where a test is about what is read afterwards.
    package static func quiet(_ durability: Durability) -> StoreConfiguration {
        var configuration = TestStore.quiet
        configuration.durability = durability
        return configuration
    }
}

/// A store in a folder of its own, a way to look into its file, and what analysis makes of it.
package struct TestStore: Sendable {
    package let folder: TemporaryFolder
    package let store: ExperimentStore

    /// The library's own configuration, without messages, and impatient with a file that another store owns.
    package static var quiet: StoreConfiguration {
        var configuration = StoreConfiguration()
        configuration.logger.logLevel = .critical
        configuration.ownerWait = .milliseconds(50)
        // Tests record in whatever year they are about.
        configuration.clockTolerance = nil
        return configuration
    }

    /// Opens a store on a new file, or on the file of a folder that has one, and defines experiments.
    ///
    /// They are the shop's button test where none are given.
    package init(
        _ configuration: StoreConfiguration = TestStore.quiet, defining experiments: [Experiment]? = nil,
        metrics: [MetricDefinition] = [], in folder: TemporaryFolder = TemporaryFolder()
    ) async throws {
        self.folder = folder
        store = try await ExperimentStore.open(at: folder.file("shop.db"), configuration: configuration)
        let defined = try (experiments ?? [Shop.button()]).map {
            Definitions.DefinedExperiment($0, status: $0.status)
        }
        _ = try await store.apply(Definitions(experiments: defined, metrics: metrics))
    }

    /// Makes a definition true, status, testers and winner included, as a definitions file does that says all of it.
    @discardableResult
    package func define(
        _ experiment: Experiment, openingPhase: PhaseOpening? = nil
    ) async throws -> DefinitionChange {
        try await Self.define(experiment, in: store, openingPhase)
    }

    /// The same in another store.
    @discardableResult
    package static func define(
        _ experiment: Experiment, in store: ExperimentStore, _ openingPhase: PhaseOpening? = nil
    ) async throws -> DefinitionChange {
        let defined = Definitions.DefinedExperiment(experiment, status: experiment.status)
        return try await store.apply(Definitions(experiments: [defined]), openingPhases: openingPhase)[0]
    }

    package var path: String { folder.file("shop.db") }

    // MARK: The file

    /// A number that the file answers, on a connection of its own.
    package func number(_ sql: String) throws -> Int {
        let reader = try DatabaseFile.openForReading(DatabasePath(path))
        return try reader.value(sql) { $0.int(0) } ?? -1
    }

    /// The rows of a query, columns joined by `|`, as the shell prints them.
    package func rows(_ sql: String) throws -> [String] {
        let connection = try DatabaseFile.openForReading(DatabasePath(path))
        let statement = try connection.prepare("SELECT * FROM (\(sql))")
        var rows: [String] = []
        while try statement.step() {
            rows.append((0..<statement.columnCount).map { statement.text($0) }.joined(separator: "|"))
        }
        return rows
    }

    package func exposures() throws -> Int { try number("SELECT count(*) FROM exposure_log") }

    package func outcomes() throws -> Int { try number("SELECT count(*) FROM outcome_log") }

    // MARK: Analysis

    /// The analysis of everything recorded so far.
    package func analyze(_ change: (inout AnalysisOptions) -> Void = { _ in }) async throws -> AnalysisResults {
        try await store.flush()
        var options = AnalysisOptions()
        change(&options)
        return try await ExperimentAnalyzer(databaseAt: path).analyze(options)
    }

    /// The only experiment's result.
    package func result(_ change: (inout AnalysisOptions) -> Void = { _ in }) async throws -> ExperimentResult {
        try await analyze(change).experiments[0]
    }
}
