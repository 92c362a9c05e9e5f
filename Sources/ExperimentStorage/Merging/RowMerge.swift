import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

/// Copies the rows of a log from a source, inside its caller's transaction.
struct RowMerge: ~Copyable {
    private let log: RowID.Log
    private let insert: Statement
    private let selectSame: Statement
    private let numbers: MergedNumbers
    private let spans: ExposureSpans
    private let erasures: [ErasedUnits]
    /// The receipt of rows that make room for others of the same record id.
    private let receipt: RowNumber<RemovalRow>
    private(set) var counts = MergeSummary.Rows()

    init(
        _ log: RowID.Log, _ source: MergeSource, _ erasures: [ErasedUnits], _ receipt: RowNumber<RemovalRow>,
        to target: borrowing Connection
    ) throws {
        let insert = try target.prepare(Self.insert(log))
        let selectSame = try target.prepare(Self.selectSame(log))
        let numbers = try MergedNumbers(from: source.connection, to: target)
        self.log = log
        self.insert = insert
        self.selectSame = selectSame
        self.numbers = numbers
        self.spans = source.spans
        self.erasures = erasures
        self.receipt = receipt
    }

    /// Copies the rows of an origin whose numbers in the target are in a range, the first excluded.
    mutating func copy(
        _ range: ClosedRange<Int64>, of origin: MergeSource.Origin, from source: MergeSource,
        to target: borrowing Connection
    ) throws {
        let rows = try source.connection.query(
            Self.select(log), range.lowerBound - origin.shift, range.upperBound - origin.shift)
        while try rows.step() {
            let (userID, sessionID) = (rows.optionalText(5), rows.optionalText(6))
            if isErased(userID, sessionID) {
                counts.erased += 1
                continue
            }
            let number = rows.int64(0) + origin.shift
            let time = rows.int64(4)
            try insert.bind(number, at: 1)
            try bindColumns(rows, time)
            try insert.bind(time, at: 5)
            try insert.bind(userID, at: 6)
            try insert.bind(sessionID, at: 7)
            if log != .link {
                try insert.bind(rows.optionalText(7), at: 8)
                try insert.bind(rows.optionalText(8), at: 9)
            }
            try insert.run()
            if insert.changes > 0 {
                counts.added += 1
            } else if let id = rows.optionalText(8) {
                try keepFirst(id, number, target)
            }
        }
    }

    /// The row with the first number stays, of two rows with the same record id.
    private mutating func keepFirst(_ id: String, _ number: Int64, _ target: borrowing Connection) throws {
        counts.repeated += 1
        try selectSame.bind(id, at: 1)
        guard try selectSame.step() else {
            throw StorageFailure.damaged("a row that is there cannot be found by its id")
        }
        let other = selectSame.int64(0)
        selectSame.reset()
        guard number < other, let log = RemovableLog(rawValue: log.rawValue) else { return }
        try log.remove([other], receipt, target)
        try insert.run()
    }

    /// The columns that refer to definitions, and the value of an outcome.
    private func bindColumns(_ rows: borrowing Statement, _ time: Int64) throws {
        switch log {
        case .exposure:
            let variant = RowNumber<VariantRow>(rows.int64(1))
            // Phase and enrollment by time are decided here, by the file that recorded the row.
            let span = rows.isNull(2) || rows.isNull(3) ? spans.span(of: variant, at: time) : nil
            try insert.bind(numbers.variant(variant.value), at: 2)
            try insert.bind((rows.optionalInt64(2) ?? span?.phaseID.value).map { try numbers.phase($0) }, at: 3)
            try insert.bind(rows.optionalInt64(3) ?? span?.enrollment, at: 4)
        case .outcome:
            try insert.bind(rows.optionalInt64(1).map { try numbers.experiment($0) }, at: 2)
            try insert.bind(numbers.metric(rows.int64(2)), at: 3)
            if rows.storedType(3) == .real {
                try insert.bind(rows.double(3), at: 4)
            } else {
                try insert.bind(rows.int64(3), at: 4)
            }
        case .link: break
        }
    }

    private func isErased(_ userID: String?, _ sessionID: String?) -> Bool {
        guard !erasures.isEmpty else { return false }
        return erasures.contains {
            $0.contains(userID: userID.map { UnitID($0) }, sessionID: sessionID.map { UnitID($0) })
        }
    }

    /// The columns of every log: number, three columns of its own, time, user, session, attributes, id.
    private static func columns(_ log: RowID.Log) -> String {
        switch log {
        case .exposure:
            "exposure_id, variant_id, phase_id, enrollment, timestamp_us, user_id, session_id, attributes, id"
        case .outcome: "outcome_id, experiment_id, metric_id, value, timestamp_us, user_id, session_id, attributes, id"
        case .link: "link_id, NULL, NULL, NULL, timestamp_us, user_id, session_id"
        }
    }

    private static func select(_ log: RowID.Log) -> String {
        """
        SELECT \(columns(log)) FROM \(log.rawValue)_log WHERE \(log.rawValue)_id > ?1 AND \(log.rawValue)_id <= ?2
        ORDER BY \(log.rawValue)_id
        """
    }

    private static func insert(_ log: RowID.Log) -> String {
        log == .link
            ? "INSERT INTO link_log (link_id, timestamp_us, user_id, session_id) VALUES (?1, ?5, ?6, ?7)"
            : """
            INSERT INTO \(log.rawValue)_log (\(columns(log))) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (id) WHERE id IS NOT NULL DO NOTHING
            """
    }

    private static func selectSame(_ log: RowID.Log) -> String {
        log == .link
            ? "SELECT link_id FROM link_log WHERE link_id = ?1"
            : "SELECT \(log.rawValue)_id FROM \(log.rawValue)_log WHERE id = ?1"
    }
}
