import ExperimentDatabase
import ExperimentDefinitions
import ExperimentPlatform
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Removes rows from the logs, beside a server or without one, and leaves a receipt.
///
/// Rows are found without a lock, by one pass over each log, and deleted in transactions so short that a server hardly
/// notices. `secure_delete` overwrites what was deleted in the file; the write-ahead log is emptied afterwards, by the
/// server where there is one, since only a file's owner copies its log.
struct RowRemoval: ~Copyable {
    /// Rows of one transaction.
    private static let turn = 200
    /// Rows that are found before the first of them is deleted.
    private static let found = 100_000

    private let lock: FileLock
    /// The number of the receipt that the rows are counted on.
    let receipt: RowNumber<RemovalRow>
    private var files: FileIdentity
    /// The number of the last row that was looked at, by log.
    private var seen: [RemovableLog: Int64] = [:]

    /// Opens a receipt, or goes on with one that was interrupted; by one process at a time.
    init(_ cause: Removal.Cause, _ tool: borrowing ToolConnection) throws {
        let lock = try FileLock.acquire(tool.path.removalLock, permissions: 0o600, waiting: 0)
        guard let lock else { throw StorageFailure.file("another process is removing rows from the database") }
        let files = try FileIdentity(tool.path, tool.connection)
        let receipt = try Self.change(tool) {
            try RemovalTable.begin(cause, at: Date.now.microsecondsSince1970, $0)
        }
        self.lock = lock
        self.files = files
        self.receipt = receipt
    }

    /// Removes the rows of a log for which a condition over its alias `r` holds; whoever records goes on meanwhile.
    mutating func remove(_ condition: String, from log: RemovableLog, _ tool: borrowing ToolConnection) throws {
        let end = try Self.lastRow(log, tool.connection)
        while true {
            let rows = try Self.rows(condition, log, after: seen[log] ?? 0, through: end, tool.connection)
            for start in stride(from: 0, to: rows.count, by: Self.turn) {
                let part = rows[start..<min(rows.count, start + Self.turn)]
                try Self.change(tool) { try log.remove(part, receipt, $0) }
                guard try files.isUnchanged(tool.path, tool.connection) else { throw Self.replaced }
                // A server that waits looks every millisecond: leave it time to go first.
                if try tool.hasOwner() { ThisProcess.sleep(for: .milliseconds(3)) }
            }
            seen[log] = rows.last ?? end
            if rows.count < Self.found { break }
        }
        seen[log] = end
    }

    /// Removes what has arrived since the logs were looked at, and closes the receipt, in one transaction.
    consuming func finish(
        _ conditions: [RemovableLog: String], _ tool: borrowing ToolConnection,
        alsoDoing more: (borrowing Connection) throws -> Void
    ) throws {
        let (receipt, seen) = (self.receipt, self.seen)
        try Self.change(tool) { connection in
            for (log, condition) in conditions {
                let rows = try Self.rows(condition, log, after: seen[log] ?? 0, through: .max, connection)
                try log.remove(rows[...], receipt, connection)
            }
            try more(connection)
            try RemovalTable.end(receipt, at: Date.now.microsecondsSince1970, connection)
        }
    }

    /// Empties the write-ahead log, or waits for the server that owns it to do so.
    /// - Returns: The last receipt, which tells whether that was done in time.
    static func emptyLog(_ tool: borrowing ToolConnection, waiting patience: Duration) throws -> Removal? {
        let deadline = ContinuousClock.now + patience
        while try RemovalTable.isLogWaiting(tool.connection) {
            if try tool.emptyLogIfUnowned() {
                try change(tool) { try RemovalTable.markLogEmptied(at: Date.now.microsecondsSince1970, $0) }
            }
            guard ContinuousClock.now < deadline else { break }
            ThisProcess.sleep(for: .milliseconds(20))
        }
        return try RemovalTable.all(tool.connection).last
    }

    private static let replaced = StorageFailure.lost(
        "the database or its log was renamed, deleted or replaced while rows were removed")

    /// Runs a change in a transaction of its own, under the lock of everybody who writes.
    static func change<Value>(
        _ tool: borrowing ToolConnection, _ body: (borrowing Connection) throws -> Value
    ) throws -> Value {
        let lock = try tool.takeGuard()
        let transaction = try tool.connection.begin()
        let value = try body(tool.connection)
        try transaction.commit()
        lock.release()
        return value
    }

    private static func lastRow(_ log: RemovableLog, _ connection: borrowing Connection) throws -> Int64 {
        try connection.value("SELECT coalesce(max(\(log.key)), 0) FROM \(log.table)") { $0.int64(0) } ?? 0
    }

    /// Numbers of rows for which the condition holds, in order.
    private static func rows(
        _ condition: String, _ log: RemovableLog, after first: Int64, through last: Int64,
        _ connection: borrowing Connection
    ) throws -> [Int64] {
        var numbers: [Int64] = []
        let rows = try connection.query(
            """
            SELECT r.\(log.key) FROM \(log.table) AS r WHERE r.\(log.key) > ?1 AND r.\(log.key) <= ?2 AND (\(condition))
            ORDER BY r.\(log.key) LIMIT \(found)
            """, first, last)
        while try rows.step() { numbers.append(rows.int64(0)) }
        return numbers
    }
}
