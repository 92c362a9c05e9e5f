import ExperimentDatabase
import ExperimentDefinitions
public import Experimentation

/// Turns records into rows: names into the small integers of the file, then one INSERT, prepared once.
///
/// It runs inside its caller's transaction, which gives it the definitions in force at that moment.
struct RowWriter: ~Copyable {
    private static let insertExposure = """
        INSERT INTO exposure_log (phase_id, variant_id, enrollment, timestamp_us, user_id, session_id, attributes, id)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) WHERE id IS NOT NULL DO NOTHING
        """
    private static let insertOutcome = """
        INSERT INTO outcome_log (experiment_id, metric_id, value, timestamp_us, user_id, session_id, attributes, id)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) WHERE id IS NOT NULL DO NOTHING
        """

    private static let insertLink = "INSERT INTO link_log (session_id, user_id, timestamp_us) VALUES (?1, ?2, ?3)"

    private let exposure: Statement
    private let outcome: Statement
    private let link: Statement
    private var metrics: MetricTable

    init(_ connection: borrowing Connection) throws {
        let exposure = try connection.prepare(Self.insertExposure)
        let outcome = try connection.prepare(Self.insertOutcome)
        let link = try connection.prepare(Self.insertLink)
        let metrics = try MetricTable(connection)
        self.exposure = exposure
        self.outcome = outcome
        self.link = link
        self.metrics = metrics
    }

    /// Forgets what a rolled-back transaction added.
    mutating func forget() {
        metrics.forget()
    }

    /// The metrics that were first recorded since the last call, of a kind other than the one that is defined.
    mutating func takeOddKinds() -> [OddKind] { metrics.takeOddKinds() }

    /// Finds the phase and the variant an exposure belongs to.
    func resolve(
        _ record: borrowing ExposureRecord, _ definitions: borrowing DefinitionSnapshot
    ) throws -> ExposureKey {
        guard let experiment = definitions[record.experiment] else {
            throw ExperimentError.experimentNotFound(record.experiment)
        }
        guard let variantRow = experiment.variantRow(record.variantID) else {
            throw ExperimentError.invalid("variant_id", "must be one of the experiment's variants")
        }
        return ExposureKey(phaseID: experiment.stored.phaseID, variantRow: variantRow)
    }

    /// Writes an exposure; one whose id is already there changes nothing.
    func insert(_ prepared: borrowing PreparedRecord<ExposureRecord>, _ key: ExposureKey) throws {
        let record = prepared.record
        try exposure.bind(key.phaseID, at: 1)
        try exposure.bind(key.variantRow, at: 2)
        try exposure.bind(record.enrollment.code, at: 3)
        try exposure.bind(record.timestampMicroseconds, at: 4)
        try exposure.bind(record.userID, at: 5)
        try exposure.bind(record.sessionID, at: 6)
        try exposure.bind(prepared.attributes, at: 7)
        try exposure.bind(record.id, at: 8)
        try exposure.run()
    }

    /// Writes a link.
    func insert(_ record: borrowing LinkRecord) throws {
        try link.bind(record.sessionID, at: 1)
        try link.bind(record.userID, at: 2)
        try link.bind(record.timestampMicroseconds, at: 3)
        try link.run()
    }

    /// Finds what an outcome belongs to, or says why it cannot be recorded.
    func check(_ record: borrowing OutcomeRecord, _ definitions: borrowing DefinitionSnapshot) throws {
        if let experiment = record.experiment, definitions[experiment] == nil {
            throw ExperimentError.experimentNotFound(experiment)
        }
        try metrics.check(record.metric, record.value.kind)
    }

    /// Writes an outcome; one whose id is already there changes nothing.
    mutating func insert(
        _ prepared: borrowing PreparedRecord<OutcomeRecord>, _ definitions: borrowing DefinitionSnapshot
    ) throws {
        let record = prepared.record
        var experimentID: RowNumber<ExperimentRow>?
        if let name = record.experiment {
            guard let experiment = definitions[name] else { throw ExperimentError.experimentNotFound(name) }
            experimentID = experiment.number
        }
        try outcome.bind(experimentID, at: 1)
        metrics.follow(definitions.version)
        try outcome.bind(try metrics.id(record.metric, record.value.kind), at: 2)
        switch record.value {
        case .bool(let value): try outcome.bind(value ? 1 as Int64 : 0, at: 3)
        case .count(let value): try outcome.bind(value, at: 3)
        case .numeric(let value): try outcome.bind(value, at: 3)
        }
        try outcome.bind(record.timestampMicroseconds, at: 4)
        try outcome.bind(record.userID, at: 5)
        try outcome.bind(record.sessionID, at: 6)
        try outcome.bind(prepared.attributes, at: 7)
        try outcome.bind(record.id, at: 8)
        try outcome.run()
    }
}

/// The row numbers an exposure refers to.
struct ExposureKey: Hashable {
    let phaseID: RowNumber<PhaseRow>
    let variantRow: RowNumber<VariantRow>
}

/// A metric that is recorded with another kind than it is defined with: it is a metric of its own, and the goal or
/// guardrail of its name stays empty.
public struct OddKind: Sendable, Hashable, CustomStringConvertible {
    /// The metric's name.
    public let metric: MetricName
    /// The kind with which it is recorded.
    public let recorded: OutcomeValue.Kind
    /// The kind with which it is defined.
    public let defined: String

    /// A sentence.
    public var description: String {
        "\(metric) is defined as \(defined) and recorded as \(recorded.rawValue): the two are two metrics"
    }
}

/// The numbers of metrics; a metric first seen gets a row with its kind's defaults.
///
/// It remembers a bounded number of them: names come from outside, and may be ever new ones.
struct MetricTable: ~Copyable {
    private struct Identity: Hashable {
        let name: MetricName
        let kind: OutcomeValue.Kind
    }

    private static let select = """
        SELECT metric_id, of_metric_id IS NOT NULL FROM metric_definition WHERE name = ?1 AND kind = ?2
        """
    private static let insert = """
        INSERT INTO metric_definition (name, kind, aggregation, is_defined) VALUES (?1, ?2, ?3, 0) RETURNING metric_id
        """

    private static let selectDefined = """
        SELECT kind FROM metric_definition WHERE name = ?1 AND kind <> ?2 AND is_defined
        """

    private static let limit = 10_000

    private let select: Statement
    private let insert: Statement
    private let selectDefined: Statement
    private var oddKinds: [OddKind] = []
    private var known: [Identity: RowNumber<MetricRow>] = [:]
    /// The definitions in force when they were found.
    private var version: DefinitionVersion?

    init(_ connection: borrowing Connection) throws {
        let select = try connection.prepare(Self.select)
        let insert = try connection.prepare(Self.insert)
        let selectDefined = try connection.prepare(Self.selectDefined)
        self.select = select
        self.insert = insert
        self.selectDefined = selectDefined
    }

    mutating func takeOddKinds() -> [OddKind] {
        guard !oddKinds.isEmpty else { return [] }
        defer { oddKinds = [] }
        return oddKinds
    }

    /// How many are remembered.
    var count: Int { known.count }

    /// The number of a metric, inside the caller's transaction.
    ///
    /// Nothing is recorded under the name and kind of a derived metric, which would have two sources.
    mutating func id(_ name: MetricName, _ kind: OutcomeValue.Kind) throws -> RowNumber<MetricRow> {
        let identity = Identity(name: name, kind: kind)
        if let id = known[identity] { return id }
        let id: RowNumber<MetricRow>
        if let found = try find(name, kind) { id = found } else { id = try add(name, kind) }
        if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
        known[identity] = id
        return id
    }

    /// Refuses a metric under which nothing can be recorded.
    func check(_ name: MetricName, _ kind: OutcomeValue.Kind) throws {
        guard known[Identity(name: name, kind: kind)] == nil else { return }
        _ = try find(name, kind)
    }

    /// Forgets all numbers where definitions have changed since they were found: a metric may be derived now.
    mutating func follow(_ version: DefinitionVersion) {
        guard version != self.version else { return }
        forget()
        self.version = version
    }

    /// Forgets numbers that a rolled-back transaction gave.
    mutating func forget() {
        known.removeAll()
        oddKinds.removeAll()
    }

    private func find(_ name: MetricName, _ kind: OutcomeValue.Kind) throws -> RowNumber<MetricRow>? {
        try select.bind(name, at: 1)
        try select.bind(kind.rawValue, at: 2)
        defer { select.reset() }
        guard try select.step() else { return nil }
        guard select.int64(1) == 0 else {
            throw ExperimentError.invalid("metric", "must not be the name of a derived metric of the same kind")
        }
        return select.rowNumber(0)
    }

    private mutating func add(_ name: MetricName, _ kind: OutcomeValue.Kind) throws -> RowNumber<MetricRow> {
        try selectDefined.bind(name, at: 1)
        try selectDefined.bind(kind.rawValue, at: 2)
        if try selectDefined.step() {
            oddKinds.append(OddKind(metric: name, recorded: kind, defined: selectDefined.text(0)))
            selectDefined.reset()
        }
        try insert.bind(name, at: 1)
        try insert.bind(kind.rawValue, at: 2)
        try insert.bind(kind.defaultAggregation.rawValue, at: 3)
        defer { insert.reset() }
        guard try insert.step() else { throw StorageFailure.damaged("a metric could not be added") }
        return insert.rowNumber(0)
    }
}
