import ExperimentDatabase
public import ExperimentDefinitions
public import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A look into a file that changes nothing, beside a running server or without one.
///
/// Every call blocks. Use it from one thread.
public final class ExperimentReader: ExperimentReading {
    let path: DatabasePath
    private let connection: Connection
    private let algorithms: AssignmentAlgorithms

    private init(_ path: DatabasePath, _ connection: consuming Connection, _ algorithms: AssignmentAlgorithms) {
        self.path = path
        self.connection = connection
        self.algorithms = algorithms
    }

    /// Opens a file for reading.
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - algorithms: The algorithms that experiments may name.
    /// - Returns: The look into it.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file is missing, not ours, damaged, or of
    ///   another version.
    public static func open(
        at path: String, algorithms: AssignmentAlgorithms = .standard
    ) throws(ExperimentError) -> ExperimentReader {
        let path = try translating("open") { try DatabasePath(path) }
        let connection = try translating("open") { try DatabaseFile.openForReading(path) }
        return ExperimentReader(path, connection, algorithms)
    }

    /// Copies a file while it is written to: one consistent snapshot, flushed to disk, there only when complete.
    /// - Parameters:
    ///   - path: Where the file is; it may be of an older version.
    ///   - copy: Where the copy goes; nothing may be there.
    ///   - permissions: The mode of the copy; nil for that of the file.
    ///   - progress: Called from time to time with the bytes written so far and about how many they will be.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the copy cannot be made.
    public static func backUp(
        _ path: String, to copy: String, permissions: UInt32? = nil,
        progress: ((_ written: Int64, _ total: Int64) -> Void)? = nil
    ) throws(ExperimentError) {
        try translating("back up") {
            try Backup.copy(
                DatabasePath(path), to: DatabasePath(copy), permissions: permissions, progress: progress)
        }
    }

    /// Reads all experiments, as ``ExperimentDefinitions/ExperimentReading/list()`` says.
    public func list() throws(ExperimentError) -> ExperimentList {
        try translating("list") { try DefinitionReader.list(connection) }
    }

    /// Reads the ids of all experiments, as ``ExperimentDefinitions/ExperimentReading/ids()`` says.
    public func ids() throws(ExperimentError) -> [ExperimentName] {
        try reading("list") { try DefinitionReader.ids($0) }
    }

    /// Reads one experiment, as ``ExperimentDefinitions/ExperimentReading/experiment(_:)`` says.
    public func experiment(_ id: ExperimentName) throws(ExperimentError) -> StoredExperiment? {
        try translating("read") { try DefinitionReader.find(id, connection) }
    }

    /// Reads all metrics, as ``ExperimentDefinitions/ExperimentReading/metrics()`` says.
    public func metrics() throws(ExperimentError) -> [MetricDefinition] {
        try reading("list") { try MetricDefinitionTable.all($0) }
    }

    /// Reads the global holdout, as ``ExperimentDefinitions/ExperimentReading/holdout()`` says.
    public func holdout() throws(ExperimentError) -> Holdout? {
        try reading("list") { try HoldoutTable.current($0) }
    }

    /// All that the file defines, as of one moment: what ``ExperimentAdministering/apply(_:openingPhases:)`` would call
    /// unchanged.
    ///
    /// Metrics that were only recorded are left out.
    /// - Returns: The definitions, and experiments that cannot be read.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func definitions() throws(ExperimentError) -> (definitions: Definitions, damaged: [DamagedExperiment]) {
        try translating("read") {
            let reading = try connection.beginSnapshot()
            let list = try DefinitionReader.list(connection)
            let definitions = Definitions(
                experiments: list.experiments.map {
                    Definitions.DefinedExperiment($0.experiment, status: $0.experiment.status)
                },
                metrics: try MetricDefinitionTable.all(connection, onlyDefined: true),
                holdout: try HoldoutTable.current(connection),
                timezone: try ReportSettingTable.timezone(connection))
            try reading.commit()
            return (definitions, list.damaged)
        }
    }

    /// The zone whose days reports and nights count, as a definitions file named it; nil where none did.
    /// - Returns: The zone's name.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func timezone() throws(ExperimentError) -> String? {
        try reading("list") { try ReportSettingTable.timezone($0) }
    }

    /// Counts what was recorded of an experiment, in every phase; reads the logs once.
    /// - Parameter stored: The experiment.
    /// - Returns: The counts.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func recordCounts(of stored: StoredExperiment) throws(ExperimentError) -> RecordCounts {
        try reading("count") { try RecordCounts(stored.experimentID, $0) }
    }

    /// The receipts of all removals of rows, in order.
    /// - Returns: The receipts.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func removals() throws(ExperimentError) -> [Removal] { try reading("list") { try RemovalTable.all($0) } }

    /// Begins to write out rows.
    /// - Parameters:
    ///   - table: Which.
    ///   - cursor: How far an earlier export came, so that only later rows of a log are written; nil for all.
    /// - Returns: The export, with all rows that there are at this moment.
    /// - Throws: ``Experimentation/ExperimentError/invalidContext(_:)`` for a cursor of other rows, or of rows that the file
    ///   has lost; ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func beginExport(
        of table: ExportedTable, after cursor: ExportCursor? = nil
    ) throws(ExperimentError) -> RowExport { try RowExport(table, after: cursor, self) }

    /// Reads as of one moment.
    func reading<Value>(
        _ operation: String, _ body: (borrowing Connection) throws -> Value
    ) throws(ExperimentError) -> Value {
        try translating(operation) {
            let snapshot = try connection.beginSnapshot()
            let value = try body(connection)
            try snapshot.commit()
            return value
        }
    }

    /// Chooses the variant that a server on this file would choose now.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - context: Who asks.
    /// - Returns: A declared variant.
    /// - Throws: As ``Experimentation/ExperimentPlugin/assign(_:for:)``, and
    ///   ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func assign(_ experiment: ExperimentName, for context: ExperimentContext) throws(ExperimentError) -> Variant
    {
        try assigner(experiment).assign(context)
    }

    /// Chooses the variant of an experiment that was read, as of the moment in which it was.
    /// - Parameters:
    ///   - stored: The experiment.
    ///   - context: Who asks.
    /// - Returns: A declared variant.
    /// - Throws: As ``Experimentation/ExperimentPlugin/assign(_:for:)``.
    public func assign(_ stored: StoredExperiment, for context: ExperimentContext) throws(ExperimentError) -> Variant {
        try assigner(stored).assign(context)
    }

    /// Says how that variant comes about: every question the unit meets, up to the one that decides.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - context: Who asks.
    /// - Returns: The variant and the questions.
    /// - Throws: As the assignment of the experiment.
    public func explainAssignment(
        _ experiment: ExperimentName, for context: ExperimentContext
    ) throws(ExperimentError) -> AssignmentExplanation {
        try assigner(experiment).explain(context)
    }

    private func assigner(_ experiment: ExperimentName) throws(ExperimentError) -> Assigner {
        let stored = try translating("assign") {
            try DefinitionReader.find(experiment, connection)
        }
        guard let stored else {
            try Rules.checkName(experiment, field: "experiment")
            throw .experimentNotFound(experiment)
        }
        return try assigner(stored)
    }

    private func assigner(_ stored: StoredExperiment) throws(ExperimentError) -> Assigner {
        try Assigner(
            stored.experiment, phase: stored.phase, seed: stored.seed, holdout: stored.holdout,
            algorithms: algorithms, at: Date.now.microsecondsSince1970)
    }
}

/// The numbers of an experiment's records.
public struct RecordCounts: Sendable, Hashable {
    private static let countExposures = """
        SELECT count(*) FROM exposure_log
        WHERE variant_id IN (SELECT variant_id FROM variant_definition WHERE experiment_id = ?1)
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
