package import ExperimentDatabase
import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The receipt of rows that were removed from the logs.
public struct Removal: Sendable, Hashable {
    /// Causes of a removal; the raw values are what files hold.
    public enum Cause: String, Sendable, Hashable, CaseIterable {
        /// A person asked to be forgotten.
        case erasure
        /// Rows were no longer needed.
        case retention
        /// Files were merged, and a row of the same record id comes first.
        case merge
    }

    /// The receipt's number, from 1.
    public let number: Int
    /// Cause of the removal.
    public let cause: Cause
    /// Time at which the removal began.
    public let beganAt: Date
    /// Time at which the last row was gone; nil while rows are being removed, or where the removal was interrupted.
    public let endedAt: Date?
    /// Time at which the write-ahead log no longer held a copy of the rows; nil while it may.
    public let logEmptiedAt: Date?
    /// Exposures that were removed.
    public let exposures: Int
    /// Outcomes that were removed.
    public let outcomes: Int
    /// Links that were removed.
    public let links: Int

    /// Whether no copy is left, in the file or in the log beside it.
    public var isComplete: Bool { endedAt != nil && logEmptiedAt != nil }
}

/// The table `removal`.
///
/// Triggers let rows of the logs be deleted only while a receipt in it is open.
package enum RemovalTable {
    private static let select = """
        SELECT removal_id, cause, began_at_us, ended_at_us, emptied_at_us, exposures, outcomes, links
        FROM removal ORDER BY removal_id
        """
    private static let selectOpen = "SELECT max(removal_id) FROM removal WHERE ended_at_us IS NULL AND cause = ?1"
    private static let insert = """
        INSERT INTO removal (cause, began_at_us) VALUES (?1, ?2) RETURNING removal_id
        """
    private static let insertClosed = """
        INSERT INTO removal (cause, began_at_us, ended_at_us, emptied_at_us) VALUES (?1, ?2, ?2, ?2) RETURNING removal_id
        """
    private static let end = "UPDATE removal SET ended_at_us = ?2 WHERE removal_id = ?1"
    private static let markEmptied = """
        UPDATE removal SET emptied_at_us = ?1 WHERE ended_at_us IS NOT NULL AND emptied_at_us IS NULL
        """
    private static let selectWaiting = """
        SELECT EXISTS (SELECT 1 FROM removal WHERE ended_at_us IS NOT NULL AND emptied_at_us IS NULL)
        """

    /// Receipts of all removals, in order.
    package static func all(_ connection: borrowing Connection) throws -> [Removal] {
        var removals: [Removal] = []
        let rows = try connection.query(select)
        while try rows.step() {
            guard let cause = Removal.Cause(rawValue: rows.text(1)) else {
                throw StorageFailure.damaged("a removal of the file has an unknown cause")
            }
            func date(_ column: Int32) -> Date? {
                rows.optionalInt64(column).map { Date(microsecondsSince1970: $0) }
            }
            removals.append(
                Removal(
                    number: rows.int(0), cause: cause, beganAt: Date(microsecondsSince1970: rows.int64(2)),
                    endedAt: date(3), logEmptiedAt: date(4), exposures: rows.int(5), outcomes: rows.int(6),
                    links: rows.int(7)))
        }
        return removals
    }

    /// Whether a removal is under way or was interrupted.
    package static func isOpen(_ cause: Removal.Cause, _ connection: borrowing Connection) throws -> Bool {
        let open = try connection.query(selectOpen, cause.rawValue)
        return try open.step() && open.optionalInt64(0) != nil
    }

    /// Opens a receipt, or goes on with one that was interrupted; inside its caller's transaction.
    package static func begin(
        _ cause: Removal.Cause, at now: Int64, _ connection: borrowing Connection
    ) throws -> RowNumber<RemovalRow> {
        let open = try connection.query(selectOpen, cause.rawValue)
        if try open.step(), let number: RowNumber<RemovalRow> = open.optionalRowNumber(0) { return number }
        let insert = try connection.query(insert, cause.rawValue, now)
        guard try insert.step() else { throw StorageFailure.damaged("the removal could not be noted") }
        return insert.rowNumber(0)
    }

    /// Writes a closed receipt for rows that were removed from another file, of which this one has no copy; inside its
    /// caller's transaction.
    package static func copy(
        _ phase: RetainedPhase, to connection: borrowing Connection
    ) throws -> RowNumber<RemovalRow> {
        let insert = try connection.query(
            insertClosed, Removal.Cause.retention.rawValue, phase.removedAt.microsecondsSince1970)
        guard try insert.step() else { throw StorageFailure.damaged("the removal could not be noted") }
        return insert.rowNumber(0)
    }

    /// Closes a receipt; inside its caller's transaction.
    package static func end(
        _ number: RowNumber<RemovalRow>, at now: Int64, _ connection: borrowing Connection
    ) throws {
        try connection.run(end, number, now)
    }

    /// Whether rows were removed of which the write-ahead log may still hold copies.
    package static func isLogWaiting(_ connection: borrowing Connection) throws -> Bool {
        try connection.value(selectWaiting) { $0.int(0) } == 1
    }

    /// Notes that the write-ahead log was emptied after every removal that had ended.
    package static func markLogEmptied(at now: Int64, _ connection: borrowing Connection) throws {
        try connection.run(markEmptied, now)
    }
}

/// One of the logs that rows are removed from; the raw values are names in the schema.
package enum RemovableLog: String, CaseIterable, Sendable {
    case exposure
    case outcome
    case link

    /// The log's table.
    package var table: String { "\(rawValue)_log" }
    /// The column of its rows' numbers.
    package var key: String { "\(rawValue)_id" }

    /// Removes rows by their numbers and counts them on a receipt; inside its caller's transaction.
    ///
    /// No number is given again: the receipt remembers the last that there was, and whoever writes goes on above it. Where
    /// the last row goes, the definitions count as changed, so that a running server looks at the receipt before its next
    /// batch.
    package func remove(
        _ rows: ArraySlice<Int64>, _ receipt: RowNumber<RemovalRow>, _ connection: borrowing Connection
    ) throws {
        guard !rows.isEmpty else { return }
        let last = try connection.value("SELECT coalesce(max(\(key)), 0) FROM \(table)") { $0.int64(0) } ?? 0
        try connection.run(
            "UPDATE removal SET \(rawValue)s = \(rawValue)s + ?2, last_\(rawValue) = max(last_\(rawValue), ?3) "
                + "WHERE removal_id = ?1", receipt, rows.count, last)
        let delete = try connection.prepare("DELETE FROM \(table) WHERE \(key) = ?1")
        // A receiver's reason may repeat what was in the row.
        let forget = try connection.prepare("DELETE FROM delivery_refusal WHERE log = '\(rawValue)' AND number = ?1")
        for row in rows {
            try delete.bind(row, at: 1)
            try delete.run()
            try forget.bind(row, at: 1)
            try forget.run()
        }
        if rows.contains(last) { try connection.run("INSERT INTO definition_change VALUES (NULL)") }
    }

    /// The number that the next row must get so that none has had it; null in the query's row where SQLite's own is new.
    package static let selectNext = """
        SELECT nullif(max(r.e, l.e), l.e) + 1, nullif(max(r.o, l.o), l.o) + 1, nullif(max(r.k, l.k), l.k) + 1
        FROM (SELECT coalesce(max(last_exposure), 0) AS e, coalesce(max(last_outcome), 0) AS o,
                coalesce(max(last_link), 0) AS k FROM removal) AS r,
            (SELECT coalesce((SELECT max(exposure_id) FROM exposure_log), 0) AS e,
                coalesce((SELECT max(outcome_id) FROM outcome_log), 0) AS o,
                coalesce((SELECT max(link_id) FROM link_log), 0) AS k) AS l
        """
}
