import ExperimentDatabase
import ExperimentDefinitions
public import Experimentation

/// Turns records into rows: names into the small integers of the file, then one INSERT, prepared once.
///
/// A writer runs inside its caller's transaction, which gives it the definitions in force at that moment.
struct RowWriter: ~Copyable {
    private static let insertExposure = """
        INSERT INTO exposure_log
            (exposure_id, phase_id, variant_id, enrollment, timestamp_us, user_id, session_id, attributes, id)
        VALUES (?9, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) WHERE id IS NOT NULL DO NOTHING
        """
    private static let insertOutcome = """
        INSERT INTO outcome_log
            (outcome_id, experiment_id, metric_id, value, timestamp_us, user_id, session_id, attributes, id)
        VALUES (?9, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) WHERE id IS NOT NULL DO NOTHING
        """

    private static let insertLink = """
        INSERT INTO link_log (link_id, session_id, user_id, timestamp_us) VALUES (?9, ?1, ?2, ?3)
        """
    /// The parameter of a row's own number; NULL, as it mostly is, for the one after the last row's.
    private static let number: Int32 = 9

    private let exposure: Statement
    private let outcome: Statement
    private let link: Statement
    private let next: Statement
    private var metrics: MetricTable
    /// The definitions in force when the file was looked at.
    private var version: DefinitionVersion?
    private var numbering = Numbering()
    private var epoch: EpochStart

    init(_ connection: borrowing Connection) throws {
        let exposure = try connection.prepare(Self.insertExposure)
        let outcome = try connection.prepare(Self.insertOutcome)
        let link = try connection.prepare(Self.insertLink)
        let next = try connection.prepare(RemovableLog.selectNext)
        let metrics = try MetricTable(connection)
        let epoch = try EpochStart(connection)
        self.exposure = exposure
        self.outcome = outcome
        self.link = link
        self.next = next
        self.metrics = metrics
        self.epoch = epoch
    }

    /// Forgets what a rolled-back transaction added.
    mutating func forget() {
        metrics.forget()
        epoch.forget()
        version = nil
    }

    /// Looks at the file again where its definitions have changed: a metric may be derived now, and where rows were removed
    /// the next one must get a number that none has had.
    mutating func follow(_ version: DefinitionVersion) throws {
        try epoch.beginIfNeeded()
        guard version != self.version else { return }
        metrics.forget()
        defer { next.reset() }
        guard try next.step() else { throw StorageFailure.damaged("the logs cannot be numbered") }
        numbering = Numbering(
            exposures: !next.isNull(0), outcomes: !next.isNull(1), links: !next.isNull(2))
        try exposure.bind(next.optionalInt64(0), at: Self.number)
        try outcome.bind(next.optionalInt64(1), at: Self.number)
        try link.bind(next.optionalInt64(2), at: Self.number)
        self.version = version
    }

    /// Whether the next row of a log gets a number that is bound to its statement.
    private struct Numbering {
        var exposures = false
        var outcomes = false
        var links = false

        /// Unbinds a number once a row has it; the log's next rows get theirs by themselves.
        static func advance(_ isNumbering: inout Bool, _ insert: borrowing Statement) throws {
            guard isNumbering, insert.changes > 0 else { return }
            isNumbering = false
            try insert.bindNull(at: RowWriter.number)
        }
    }

    /// The metrics that were first recorded since the last call, of a kind other than the one that is defined.
    mutating func takeOddKinds() -> [OddKind] { metrics.takeOddKinds() }

    /// Finds the variant of an exposure, and the phase that it names, if any.
    func resolve(
        _ record: borrowing ExposureRecord, _ definitions: borrowing DefinitionSnapshot
    ) throws -> ExposureKey {
        guard let experiment = definitions[record.experiment] else {
            throw ExperimentError.experimentNotFound(record.experiment)
        }
        guard let variantRow = experiment.variantRow(record.variantID) else {
            throw ExperimentError.invalid("variant_id", "must be one of the experiment's variants")
        }
        guard let phase = record.phase else { return ExposureKey(phaseID: nil, variantRow: variantRow) }
        guard let phaseID = experiment.phaseID(phase) else {
            throw ExperimentError.invalid("phase", "must be one that the experiment has had")
        }
        return ExposureKey(phaseID: phaseID, variantRow: variantRow)
    }

    /// Writes an exposure; one whose id is already there changes nothing.
    mutating func insert(_ prepared: borrowing PreparedRecord<ExposureRecord>, _ key: ExposureKey) throws {
        let record = prepared.record
        try exposure.bind(key.phaseID, at: 1)
        try exposure.bind(key.variantRow, at: 2)
        try exposure.bind(record.enrollment?.code, at: 3)
        try exposure.bind(record.timestampMicroseconds, at: 4)
        try exposure.bind(record.userID, at: 5)
        try exposure.bind(record.sessionID, at: 6)
        try exposure.bind(prepared.attributes, at: 7)
        try exposure.bind(record.id, at: 8)
        try exposure.run()
        try Numbering.advance(&numbering.exposures, exposure)
    }

    /// Writes a link.
    mutating func insert(_ record: borrowing LinkRecord) throws {
        try link.bind(record.sessionID, at: 1)
        try link.bind(record.userID, at: 2)
        try link.bind(record.timestampMicroseconds, at: 3)
        try link.run()
        try Numbering.advance(&numbering.links, link)
    }

    /// Finds what an outcome belongs to, or says why it cannot be recorded.
    mutating func check(_ record: borrowing OutcomeRecord, _ definitions: borrowing DefinitionSnapshot) throws {
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
        try Numbering.advance(&numbering.outcomes, outcome)
    }
}

/// The row numbers an exposure refers to.
struct ExposureKey: Hashable {
    /// Nil for an exposure that names no phase: its time decides, when it is read.
    let phaseID: RowNumber<PhaseRow>?
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
/// The table in memory is bounded: names come from outside, and may be ever new.
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
    /// Metrics that were checked before anything is written.
    private var checked: Set<Identity> = []

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

    /// The number of metrics that are remembered.
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
    ///
    /// Remembers what it found: outside of a transaction each look at the table takes and gives back a lock of the file.
    mutating func check(_ name: MetricName, _ kind: OutcomeValue.Kind) throws {
        let identity = Identity(name: name, kind: kind)
        guard known[identity] == nil, !checked.contains(identity) else { return }
        _ = try find(name, kind)
        if checked.count >= Self.limit { checked.removeAll(keepingCapacity: true) }
        checked.insert(identity)
    }

    /// Forgets numbers, those that a rolled-back transaction gave among them.
    mutating func forget() {
        known.removeAll()
        checked.removeAll()
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
