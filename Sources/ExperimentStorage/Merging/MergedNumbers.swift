import ExperimentDatabase
import Experimentation

/// The numbers that experiments, phases, variants and metrics of a source have in the file that it is merged into.
struct MergedNumbers {
    private enum Key {}
    private typealias Numbers = [Int64: Int64]

    private static let experiments = "SELECT experiment_id, name FROM experiment_definition"
    private static let variants = """
        SELECT v.variant_id, x.name, v.name FROM variant_definition AS v
        JOIN experiment_definition AS x ON x.experiment_id = v.experiment_id
        """
    private static let phases = """
        SELECT p.phase_id, x.name, p.number FROM phase_definition AS p
        JOIN experiment_definition AS x ON x.experiment_id = p.experiment_id
        """
    private static let metrics = "SELECT metric_id, name, kind FROM metric_definition"
    private static let selectRecorded = "SELECT name, kind, aggregation FROM metric_definition WHERE is_defined = 0"
    private static let insertRecorded = """
        INSERT INTO metric_definition (name, kind, aggregation, is_defined) VALUES (?1, ?2, ?3, 0)
        ON CONFLICT (name, kind) DO NOTHING
        """

    private let experiments: Numbers
    private let variants: Numbers
    private let phases: Numbers
    private let metrics: Numbers

    /// Matches them by their names; metrics that were only recorded are added to the target.
    init(from source: borrowing Connection, to target: borrowing Connection) throws {
        let recorded = try source.query(Self.selectRecorded)
        while try recorded.step() {
            try target.run(Self.insertRecorded, recorded.text(0), recorded.text(1), recorded.text(2))
        }
        experiments = try Self.match(Self.experiments, source, target)
        variants = try Self.match(Self.variants, source, target)
        phases = try Self.match(Self.phases, source, target)
        metrics = try Self.match(Self.metrics, source, target)
    }

    func experiment(_ number: Int64) throws -> Int64 { try Self.find(number, experiments) }
    func variant(_ number: Int64) throws -> Int64 { try Self.find(number, variants) }
    func phase(_ number: Int64) throws -> Int64 { try Self.find(number, phases) }
    func metric(_ number: Int64) throws -> Int64 { try Self.find(number, metrics) }

    /// The experiment and the metric that a change of definitions is about, by the target's numbers, 0 for none; nil where the
    /// target does not have them.
    func subject(experiment: Int64, metric: Int64) -> (experiment: Int64, metric: Int64)? {
        let (own, measured) = (experiment == 0 ? 0 : experiments[experiment], metric == 0 ? 0 : metrics[metric])
        return own.flatMap { own in measured.map { (own, $0) } }
    }

    private static func find(_ number: Int64, _ numbers: Numbers) throws -> Int64 {
        guard let found = numbers[number] else {
            throw StorageFailure.damaged("a row of a merged file names a definition that is not there")
        }
        return found
    }

    private static func match(
        _ sql: String, _ source: borrowing Connection, _ target: borrowing Connection
    ) throws -> Numbers {
        let known = Dictionary(try names(sql, target).map { ($1, $0) }) { first, _ in first }
        return Dictionary(
            uniqueKeysWithValues: try names(sql, source).compactMap { number, name in known[name].map { (number, $0) } }
        )
    }

    private static func names(_ sql: String, _ connection: borrowing Connection) throws -> [(Int64, Name<Key>)] {
        var found: [(Int64, Name<Key>)] = []
        let rows = try connection.query(sql)
        while try rows.step() {
            let parts = (1..<rows.columnCount).map { rows.text($0) }
            found.append((rows.int64(0), Name(parts.joined(separator: "\u{0}"))))
        }
        return found
    }
}
