import ExperimentDatabase
import ExperimentDefinitions
import ExperimentJSON
import ExperimentStorage
import Experimentation

/// The rows of both logs that are there at a moment, after a place: first the exposures, then the outcomes.
struct Stretch: Sendable {
    /// The place after its last row.
    let end: OutboxCursor
    private let ids: RowIDs
    private let spans: ExposureSpans

    /// Begins a stretch; everything about its rows is read in the same transaction.
    init(after cursor: OutboxCursor, _ connection: borrowing Connection) throws {
        end = try Self.end(after: cursor, connection)
        ids = try RowIDs(connection)
        spans = try ExposureSpans(connection)
    }

    private static let selectEnd = """
        SELECT coalesce((SELECT max(exposure_id) FROM exposure_log), 0), coalesce((SELECT max(outcome_id) FROM outcome_log), 0)
        """

    /// The place after the last rows; not before the cursor, whose rows may be removed by now.
    private static func end(after cursor: OutboxCursor, _ connection: borrowing Connection) throws -> OutboxCursor {
        let last = try connection.value(selectEnd) { OutboxCursor(exposure: $0.int64(0), outcome: $0.int64(1)) }
        return OutboxCursor(
            exposure: max(cursor.exposure, last?.exposure ?? 0), outcome: max(cursor.outcome, last?.outcome ?? 0))
    }

    private static let selectOldest = """
        SELECT min(t) FROM (
            SELECT (SELECT timestamp_us FROM exposure_log WHERE exposure_id > ?1 ORDER BY exposure_id LIMIT 1) AS t
            UNION ALL SELECT (SELECT timestamp_us FROM outcome_log WHERE outcome_id > ?2 ORDER BY outcome_id LIMIT 1))
        """

    /// How much lies after a place, by the rows' numbers: rows that were removed are counted, too.
    static func backlog(after cursor: OutboxCursor, _ connection: borrowing Connection) throws -> Backlog {
        let end = try end(after: cursor, connection)
        let oldest = try connection.query(selectOldest, cursor.exposure, cursor.outcome)
        return Backlog(
            rows: end.exposure - cursor.exposure + end.outcome - cursor.outcome,
            oldestMicroseconds: try oldest.step() ? oldest.optionalInt64(0) : nil, end: end)
    }

    // MARK: Pages

    /// The next rows after a place.
    func page(after cursor: OutboxCursor, limit: Int, _ connection: borrowing Connection) throws -> OutboxPage {
        var (rows, place): ([ForwardedEvent], OutboxCursor) = ([], cursor)
        let exposures = try connection.query(
            ExportedTable.exposures.select, cursor.exposure, end.exposure, limit)
        while try exposures.step() { rows.append(exposure(exposures)) }
        guard rows.count < limit else { return OutboxPage(rows: rows, end: rows.reduce(place) { $0.past($1.id) }) }
        place.exposure = max(place.exposure, end.exposure)
        let wanted = limit - rows.count
        var outcomeRows: [ForwardedEvent] = []
        let outcomes = try connection.query(ExportedTable.outcomes.select, cursor.outcome, end.outcome, wanted)
        while try outcomes.step() { outcomeRows.append(try outcome(outcomes)) }
        if outcomeRows.count < wanted {
            place.outcome = max(place.outcome, end.outcome)
        } else if let last = outcomeRows.last {
            place = place.past(last.id)
        }
        return OutboxPage(rows: rows + outcomeRows, end: place)
    }

    private func exposure(_ row: borrowing Statement) -> ForwardedEvent {
        let time = row.int64(8)
        let span = spans.span(of: row.rowNumber(1), at: time)
        return ForwardedEvent(
            id: ids.id(.exposure, row.int64(0)),
            record: .exposure(
                ExposureRecord(
                    experiment: row.name(2), variantID: row.name(4), userID: row.optionalName(5),
                    timestampMicroseconds: time, sessionID: row.optionalName(6), attributes: Self.attributes(row, 9),
                    enrollment: (row.optionalInt64(7) ?? span?.enrollment).flatMap { Enrollment(code: $0) },
                    phase: row.optionalInt64(3).map { Int($0) } ?? span?.phase, id: row.optionalName(10))))
    }

    private func outcome(_ row: borrowing Statement) throws -> ForwardedEvent {
        guard let kind = OutcomeValue.Kind(rawValue: row.text(4)) else {
            throw StorageFailure.damaged("an outcome is of a metric whose values are of no kind")
        }
        let value: OutcomeValue =
            switch kind {
            case .bool: .bool(row.int64(5) != 0)
            case .numeric: .numeric(row.double(5))
            case .count: .count(row.int64(5))
            }
        return ForwardedEvent(
            id: ids.id(.outcome, row.int64(0)),
            record: .outcome(
                OutcomeRecord(
                    experiment: row.optionalName(2), metric: row.name(3), value: value, userID: row.optionalName(6),
                    timestampMicroseconds: row.int64(8), sessionID: row.optionalName(7),
                    attributes: Self.attributes(row, 9), id: row.optionalName(10))))
    }

    /// The texts of a column of JSON; none where a hand has written something else.
    private static func attributes(_ row: borrowing Statement, _ column: Int32) -> [String: String] {
        guard let text = row.optionalText(column), let node = try? JSONParser.parse(text),
            case .object(let members) = node.value
        else { return [:] }
        var texts: [String: String] = [:]
        for member in members { if case .string(let value) = member.node.value { texts[member.name.text] = value } }
        return texts
    }
}
