import ExperimentDatabase
import Experimentation

/// The numbers of metrics; a metric first seen gets a row with its kind's defaults.
///
/// It remembers a bounded number of them: names come from outside, and may be ever new ones.
struct MetricTable: ~Copyable {
    private struct Identity: Hashable {
        let name: MetricName
        let kind: OutcomeValue.Kind
    }

    private static let select = "SELECT metric_id FROM metric_definition WHERE name = ?1 AND kind = ?2"
    private static let insert = """
        INSERT INTO metric_definition (name, kind, aggregation) VALUES (?1, ?2, ?3) RETURNING metric_id
        """

    private static let limit = 10_000

    private let select: Statement
    private let insert: Statement
    private var known: [Identity: RowNumber<MetricRow>] = [:]

    init(_ connection: borrowing Connection) throws {
        let select = try connection.prepare(Self.select)
        let insert = try connection.prepare(Self.insert)
        self.select = select
        self.insert = insert
    }

    /// How many are remembered.
    var count: Int { known.count }

    /// The number of a metric, inside the caller's transaction.
    mutating func id(_ name: MetricName, _ kind: OutcomeValue.Kind) throws -> RowNumber<MetricRow> {
        let identity = Identity(name: name, kind: kind)
        if let id = known[identity] { return id }
        let id: RowNumber<MetricRow>
        if let found = try find(name, kind) { id = found } else { id = try add(name, kind) }
        if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
        known[identity] = id
        return id
    }

    /// Forgets numbers that a rolled-back transaction gave.
    mutating func forget() {
        known.removeAll()
    }

    private func find(_ name: MetricName, _ kind: OutcomeValue.Kind) throws -> RowNumber<MetricRow>? {
        try select.bind(name, at: 1)
        try select.bind(kind.rawValue, at: 2)
        defer { select.reset() }
        return try select.step() ? select.rowNumber(0) : nil
    }

    private func add(_ name: MetricName, _ kind: OutcomeValue.Kind) throws -> RowNumber<MetricRow> {
        try insert.bind(name, at: 1)
        try insert.bind(kind.rawValue, at: 2)
        try insert.bind(kind.defaultAggregation.rawValue, at: 3)
        defer { insert.reset() }
        guard try insert.step() else { throw StorageFailure.damaged("a metric could not be added") }
        return insert.rowNumber(0)
    }
}
