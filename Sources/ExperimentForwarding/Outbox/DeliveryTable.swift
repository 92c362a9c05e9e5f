import ExperimentDatabase
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The tables `delivery` and `delivery_refusal`: how far each destination has come, and which rows it would not take.
enum DeliveryTable {
    private static let select = """
        SELECT last_exposure, last_outcome, sent, refused, withheld, notes, alarm, last_sent_us FROM delivery
        WHERE destination = ?1
        """
    private static let upsert = """
        INSERT INTO delivery (destination, last_exposure, last_outcome, sent, refused, withheld, notes, alarm, last_sent_us)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT (destination) DO UPDATE SET last_exposure = ?2, last_outcome = ?3, sent = ?4, refused = ?5, withheld = ?6,
            notes = ?7, alarm = ?8, last_sent_us = ?9
        """
    private static let insertRefusal = """
        INSERT OR REPLACE INTO delivery_refusal (log, number, destination, reason, refused_at_us)
        SELECT ?1, ?2, ?3, ?4, ?5 WHERE CASE ?1
            WHEN 'exposure' THEN EXISTS (SELECT 1 FROM exposure_log WHERE exposure_id = ?2)
            ELSE EXISTS (SELECT 1 FROM outcome_log WHERE outcome_id = ?2) END
        """

    /// The destinations with a row, in the order of their names.
    static func destinations(_ connection: borrowing Connection) throws -> [DestinationName] {
        var names: [DestinationName] = []
        let rows = try connection.query("SELECT destination FROM delivery ORDER BY destination")
        while try rows.step() { names.append(rows.name(0)) }
        return names
    }

    /// The progress of a destination; nil for one that was never sent anything.
    static func progress(
        of destination: DestinationName, _ connection: borrowing Connection
    ) throws -> DeliveryProgress? {
        let row = try connection.query(select, destination)
        guard try row.step() else { return nil }
        var progress = DeliveryProgress(cursor: OutboxCursor(exposure: row.int64(0), outcome: row.int64(1)))
        (progress.sent, progress.refused) = (row.int64(2), row.int64(3))
        let withheld = try decoded([String: Int64].self, row.text(4))
        progress.withheld = Dictionary(
            uniqueKeysWithValues: withheld.compactMap { name, count in Withholding(rawValue: name).map { ($0, count) } }
        )
        progress.notes = try decoded([DeliveryNote].self, row.text(5))
        progress.alarm = try row.optionalText(6).map { try decoded(DeliveryAlarm.self, $0) }
        progress.lastSentMicroseconds = row.optionalInt64(7)
        return progress
    }

    static func write(
        _ progress: DeliveryProgress, of destination: DestinationName, _ connection: borrowing Connection
    ) throws {
        let withheld = Dictionary(uniqueKeysWithValues: progress.withheld.map { ($0.key.rawValue, $0.value) })
        try connection.run(
            upsert, destination, progress.cursor.exposure, progress.cursor.outcome, progress.sent, progress.refused,
            try encoded(withheld), try encoded(progress.notes), try progress.alarm.map { try encoded($0) },
            progress.lastSentMicroseconds)
    }

    /// Forgets a destination and what it refused.
    static func remove(_ destination: DestinationName, _ connection: borrowing Connection) throws {
        try connection.run("DELETE FROM delivery_refusal WHERE destination = ?1", destination)
        try connection.run("DELETE FROM delivery WHERE destination = ?1", destination)
    }

    /// Keeps rows that were refused, but those that were removed meanwhile: the reason may repeat what was in them.
    static func refuse(
        _ rows: [RefusedRow], at time: Int64, by destination: DestinationName, _ connection: borrowing Connection
    ) throws {
        for refused in rows {
            try connection.run(
                insertRefusal, refused.row.log.rawValue, refused.row.number, destination, refused.reason, time)
        }
    }

    // MARK: JSON

    private static func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static func decoded<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw StorageFailure.damaged("the table delivery has a text that this library did not write")
        }
    }
}
