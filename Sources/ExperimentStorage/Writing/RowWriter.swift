import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

/// Turns records into rows: names into the small integers of the file, then one INSERT, prepared once.
///
/// It runs inside its user's transaction, so the definitions it resolves names with are those in force at that moment.
struct RowWriter: ~Copyable {
    private static let insertExposure = """
        INSERT INTO exposure_log (phase_id, variant_id, enrollment, timestamp_us, user_id, session_id, attributes, id)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) WHERE id IS NOT NULL DO NOTHING
        """
    private static let insertOutcome = """
        INSERT INTO outcome_log (experiment_id, metric_id, value, timestamp_us, user_id, session_id, attributes, id)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) WHERE id IS NOT NULL DO NOTHING
        """

    private let exposure: Statement
    private let outcome: Statement
    private var metrics: MetricTable
    /// The version of definitions that could not be read.
    private var unreadable: DefinitionVersion?
    /// The definitions in the file, as of the last ``refresh(_:)``.
    private(set) var definitions: DefinitionSnapshot

    init(_ connection: borrowing Connection) throws {
        let exposure = try connection.prepare(Self.insertExposure)
        let outcome = try connection.prepare(Self.insertOutcome)
        let metrics = try MetricTable(connection)
        definitions = try DefinitionSnapshot(connection)
        self.exposure = exposure
        self.outcome = outcome
        self.metrics = metrics
    }

    /// Forgets what a rolled-back transaction added.
    mutating func forget() {
        metrics.forget()
    }

    /// Keeps what another connection knew of experiments that cannot be read.
    mutating func keep(_ before: DefinitionSnapshot) {
        definitions.keep(before)
    }

    /// Reads the definitions again if somebody changed them, and tells whether somebody did.
    ///
    /// Definitions that this library cannot read, because a newer one wrote them, are an error once; until they change
    /// again the ones before stay.
    mutating func refresh(_ connection: borrowing Connection) throws -> Bool {
        let inFile = try VersionTable.current(connection)
        guard inFile != definitions.version, inFile != unreadable else { return false }
        do {
            try definitions.update(connection)
        } catch StorageFailure.damaged(let reason) {
            unreadable = inFile
            throw StorageFailure.damaged(reason)
        }
        return true
    }

    /// Finds the phase and the variant an exposure belongs to.
    func resolve(_ record: borrowing ExposureRecord) throws -> ExposureKey {
        guard let experiment = definitions[record.experiment] else {
            throw ExperimentError.experimentNotFound(record.experiment)
        }
        guard let variantRow = experiment.variantRow(record.variantID) else {
            throw ExperimentError.invalid("variant_id", "must be one of the experiment's variants")
        }
        return ExposureKey(phaseID: experiment.stored.phaseID, variantRow: variantRow)
    }

    /// Writes an exposure; one whose id is already there changes nothing.
    mutating func insert(
        _ record: borrowing ExposureRecord, attributes: String?, _ key: ExposureKey
    ) throws {
        try exposure.bind(key.phaseID, at: 1)
        try exposure.bind(key.variantRow, at: 2)
        try exposure.bind(record.enrollment.code, at: 3)
        try exposure.bind(record.timestampMicroseconds, at: 4)
        try exposure.bind(record.userID, at: 5)
        try exposure.bind(record.sessionID, at: 6)
        try exposure.bind(attributes, at: 7)
        try exposure.bind(record.id, at: 8)
        try exposure.run()
    }

    /// Writes an outcome; one whose id is already there changes nothing.
    mutating func insert(_ record: borrowing OutcomeRecord, attributes: String?) throws {
        var experimentID: RowNumber<ExperimentRow>?
        if let name = record.experiment {
            guard let experiment = definitions[name] else { throw ExperimentError.experimentNotFound(name) }
            experimentID = experiment.number
        }
        try outcome.bind(experimentID, at: 1)
        try outcome.bind(try metrics.id(record.metric, record.value.kind), at: 2)
        switch record.value {
        case .bool(let value): try outcome.bind(value ? 1 as Int64 : 0, at: 3)
        case .count(let value): try outcome.bind(value, at: 3)
        case .numeric(let value): try outcome.bind(value, at: 3)
        }
        try outcome.bind(record.timestampMicroseconds, at: 4)
        try outcome.bind(record.userID, at: 5)
        try outcome.bind(record.sessionID, at: 6)
        try outcome.bind(attributes, at: 7)
        try outcome.bind(record.id, at: 8)
        try outcome.run()
    }
}

/// The row numbers an exposure refers to.
struct ExposureKey: Hashable {
    let phaseID: RowNumber<PhaseRow>
    let variantRow: RowNumber<VariantRow>
}
