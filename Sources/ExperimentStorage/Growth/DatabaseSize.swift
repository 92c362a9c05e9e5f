import ExperimentDatabase
public import Experimentation

/// The sizes of a file and of what is in it, in bytes.
public struct DatabaseSize: Sendable, Hashable {
    /// A table or an index, with the pages that are its own.
    public struct Part: Sendable, Hashable {
        /// The part's name in the schema.
        public let name: String
        /// The table that it is, or is an index of.
        public let table: String
        /// Whether it is an index.
        public let isIndex: Bool
        /// Bytes of its pages.
        public let bytes: Int64
        /// Bytes of those that hold nothing.
        public let unused: Int64
    }

    /// The size of an average row of a log, in bytes, by what the caller chooses and what is always there.
    public struct RowBytes: Sendable, Hashable {
        /// Rows of the log.
        public let rows: Int
        /// The user's id.
        public let userID: Double
        /// The session's id.
        public let sessionID: Double
        /// The attributes, as JSON.
        public let attributes: Double
        /// The record's id, once in the row.
        public let id: Double
        /// The record's id once more, in the index that keeps it from being recorded twice.
        public let idIndex: Double
        /// Times, numbers and SQLite's own share.
        public let rest: Double

        /// All of it.
        public var total: Double { userID + sessionID + attributes + id + idIndex + rest }
    }

    /// The numbers of an experiment's rows, and the bytes that they take.
    public struct ExperimentRows: Sendable, Hashable {
        /// The experiment; nil for the outcomes that name none.
        public let experiment: ExperimentName?
        /// Exposures, whatever their enrollment.
        public let exposures: Int
        /// Outcomes that name it.
        public let outcomes: Int
        /// Bytes of both in the file, about: the logs' pages, shared out by rows.
        public let bytes: Int64
    }

    /// Bytes of the file.
    public let file: Int64
    /// Bytes of the log beside it, not all of which will be copied into it.
    public let log: Int64
    /// Bytes inside the file that rows left which are gone; new rows fill them first.
    public let free: Int64
    /// Tables and indexes, the largest first.
    public let parts: [Part]
    /// An exposure; nil without one.
    public let exposure: RowBytes?
    /// An outcome; nil without one.
    public let outcome: RowBytes?
    /// Experiments in order of definition, then the outcomes that name none.
    public let experiments: [ExperimentRows]
}

// MARK: - Measuring

extension DatabaseSize {
    /// `dbstat` is a virtual table that SQLite has where it was compiled with it (sqlite.org/dbstat.html).
    private static let selectParts = """
        SELECT s.name, coalesce(m.tbl_name, s.name), coalesce(m.type, 'table') = 'index', s.pgsize, s.unused
        FROM dbstat AS s LEFT JOIN sqlite_schema AS m ON m.name = s.name
        WHERE s.aggregate = TRUE ORDER BY s.pgsize DESC, s.name
        """
    private static let countFree = "SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size"
    private static let selectExperiments = """
        SELECT x.name, coalesce(e.rows, 0), coalesce(o.rows, 0)
        FROM experiment_definition AS x
        LEFT JOIN (
            SELECT v.experiment_id, sum(n.rows) AS rows
            FROM (SELECT variant_id, count(*) AS rows FROM exposure_log GROUP BY variant_id) AS n
            JOIN variant_definition AS v ON v.variant_id = n.variant_id GROUP BY v.experiment_id
        ) AS e ON e.experiment_id = x.experiment_id
        LEFT JOIN (SELECT experiment_id, count(*) AS rows FROM outcome_log GROUP BY experiment_id) AS o
            ON o.experiment_id = x.experiment_id
        ORDER BY x.experiment_id
        """
    private static let countUnnamed = "SELECT count(*) FROM outcome_log WHERE experiment_id IS NULL"

    /// The parts of an average row; `length` of a text counts characters, and of a BLOB bytes.
    private static func averages(of log: String) -> String {
        func bytes(_ column: String) -> String { "total(length(CAST(\(column) AS BLOB)))" }
        let columns = ["user_id", "session_id", "attributes", "id"].map(bytes).joined(separator: ", ")
        return "SELECT count(*), \(columns) FROM \(log)_log"
    }

    /// Measures a file; reads both logs from end to end.
    init(_ path: DatabasePath, _ connection: borrowing Connection) throws {
        let parts = try Self.parts(connection)
        func bytes(_ name: String) -> Int64 { parts.first { $0.name == name }?.bytes ?? 0 }
        let exposure = try Self.rowBytes("exposure", bytes, connection)
        let outcome = try Self.rowBytes("outcome", bytes, connection)
        func size(_ exposures: Int, _ outcomes: Int) -> Int64 {
            Int64(Double(exposures) * (exposure?.total ?? 0) + Double(outcomes) * (outcome?.total ?? 0))
        }
        var experiments: [ExperimentRows] = []
        let rows = try connection.prepare(Self.selectExperiments)
        while try rows.step() {
            let (exposures, outcomes) = (rows.int(1), rows.int(2))
            experiments.append(
                ExperimentRows(
                    experiment: rows.name(0), exposures: exposures, outcomes: outcomes,
                    bytes: size(exposures, outcomes)))
        }
        let unnamed = try connection.value(Self.countUnnamed) { $0.int(0) } ?? 0
        if unnamed > 0 {
            experiments.append(
                ExperimentRows(experiment: nil, exposures: 0, outcomes: unnamed, bytes: size(0, unnamed)))
        }
        file = FileStatus(path.file)?.size ?? 0
        log = FileStatus(path.writeAheadLog)?.size ?? 0
        free = try connection.value(Self.countFree) { $0.int64(0) } ?? 0
        self.parts = parts
        self.exposure = exposure
        self.outcome = outcome
        self.experiments = experiments
    }

    private static func parts(_ connection: borrowing Connection) throws -> [Part] {
        let isThere = "SELECT count(*) FROM pragma_module_list WHERE name = 'dbstat'"
        guard try connection.value(isThere, { $0.int(0) }) == 1 else {
            throw StorageFailure.file(
                "this SQLite was compiled without dbstat (SQLITE_ENABLE_DBSTAT_VTAB), which tells tables' sizes")
        }
        var parts: [Part] = []
        let rows = try connection.prepare(selectParts)
        while try rows.step() {
            parts.append(
                Part(
                    name: rows.text(0), table: rows.text(1), isIndex: rows.int(2) == 1, bytes: rows.int64(3),
                    unused: rows.int64(4)))
        }
        return parts
    }

    private static func rowBytes(
        _ log: String, _ bytes: (String) -> Int64, _ connection: borrowing Connection
    ) throws -> RowBytes? {
        let sums = try connection.prepare(averages(of: log))
        guard try sums.step(), sums.int(0) > 0 else { return nil }
        let rows = Double(sums.int(0))
        let texts = (1...4).map { sums.double($0) / rows }
        return RowBytes(
            rows: sums.int(0), userID: texts[0], sessionID: texts[1], attributes: texts[2], id: texts[3],
            idIndex: Double(bytes("\(log)_id_once")) / rows,
            rest: Double(bytes("\(log)_log")) / rows - texts.reduce(0, +))
    }
}

extension ExperimentReader {
    /// Says where the bytes of the file are: by table and index, by part of a row, by experiment.
    ///
    /// Reads both logs from end to end: about a second a million rows.
    /// - Returns: The sizes.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func size() throws(ExperimentError) -> DatabaseSize {
        try reading("measure") { try DatabaseSize(path, $0) }
    }
}
