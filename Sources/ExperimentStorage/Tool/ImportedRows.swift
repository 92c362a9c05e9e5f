import ExperimentDatabase
import Experimentation

/// The logs that an import writes.
public enum ImportedLog: String, Sendable, Hashable {
    case exposures = "exposure"
    case outcomes = "outcome"
    case links = "link"
}

/// The rows that one import wrote.
struct EarlierImport {
    /// What identifies its input.
    let digest: String
    /// Numbers of its rows in the log.
    var runs: [ClosedRange<Int64>]
    /// The earliest and the latest time of its rows, in µs since 1970 UTC.
    var span: ClosedRange<Int64>

    /// Rows of it that were removed since.
    var removed = 0

    /// How many rows of it there are.
    var count: Int { runs.reduce(-removed) { $0 + $1.count } }
}

/// The table `import_range`: which rows of the logs came from which import.
enum ImportedRows {
    private static let select = """
        SELECT digest, first_row, last_row, first_us, last_us FROM import_range
        WHERE log = ?1 AND digest <> ?2 ORDER BY first_row
        """
    private static let extend = """
        UPDATE import_range SET last_row = ?1, first_us = min(first_us, ?2), last_us = max(last_us, ?3)
        WHERE log = ?4 AND digest = ?5 AND last_row = ?6
        """
    private static let insert = "INSERT INTO import_range VALUES (?1, ?2, ?3, ?4, ?5, ?6)"

    /// The imports before this one, in the order in which they began.
    static func earlier(
        than digest: String, _ log: ImportedLog, _ connection: borrowing Connection
    ) throws -> [EarlierImport] {
        var imports: [EarlierImport] = []
        var places: [String: Int] = [:]
        let rows = try connection.query(select, log.rawValue, digest)
        while try rows.step() {
            let name = rows.text(0)
            let run = rows.int64(1)...rows.int64(2)
            let span = rows.int64(3)...rows.int64(4)
            if let place = places[name] {
                imports[place].runs.append(run)
                imports[place].span = imports[place].span.hull(span)
            } else {
                places[name] = imports.count
                imports.append(EarlierImport(digest: name, runs: [run], span: span))
            }
        }
        guard try connection.value("SELECT EXISTS (SELECT 1 FROM removal)", { $0.int(0) }) == 1 else { return imports }
        for place in imports.indices {
            for run in imports[place].runs {
                let count = "SELECT count(*) FROM \(log.rawValue)_log WHERE \(log.rawValue)_id BETWEEN ?1 AND ?2"
                let present = try connection.query(count, run.lowerBound, run.upperBound)
                imports[place].removed += try present.step() ? run.count - present.int(0) : 0
            }
        }
        return imports
    }

    /// Adds a run of rows, in the transaction that wrote them.
    static func add(
        _ run: ImportedRun, _ log: ImportedLog, _ digest: String, _ connection: borrowing Connection
    ) throws {
        try connection.run(
            extend, run.rows.upperBound, run.span.lowerBound, run.span.upperBound, log.rawValue, digest,
            run.rows.lowerBound - 1)
        guard connection.changes == 0 else { return }
        try connection.run(
            insert, log.rawValue, run.rows.lowerBound, run.rows.upperBound, digest, run.span.lowerBound,
            run.span.upperBound)
    }
}

/// Neighbouring rows that one transaction of an import wrote: nobody else writes meanwhile.
struct ImportedRun {
    private(set) var rows: ClosedRange<Int64>
    private(set) var span: ClosedRange<Int64>

    init(row: Int64, time: Int64) {
        rows = row...row
        span = time...time
    }

    mutating func add(row: Int64, time: Int64) {
        rows = rows.hull(row...row)
        span = span.hull(time...time)
    }
}

/// The runs of rows that one transaction of an import wrote, one in each log that it wrote to.
struct ImportedTurn {
    /// In a list and not in a dictionary: an import has one log, and hashing its name for each row costs more than the rest.
    private(set) var runs: [(log: ImportedLog, run: ImportedRun)] = []

    mutating func add(row: Int64, time: Int64, to log: ImportedLog) {
        if let place = runs.firstIndex(where: { $0.log == log }) {
            runs[place].run.add(row: row, time: time)
        } else {
            runs.append((log, ImportedRun(row: row, time: time)))
        }
    }
}

extension ClosedRange {
    /// The smallest range with both.
    fileprivate func hull(_ other: ClosedRange) -> ClosedRange {
        Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
    }
}
