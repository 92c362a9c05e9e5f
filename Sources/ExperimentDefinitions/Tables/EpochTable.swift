package import ExperimentDatabase
package import Experimentation

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The tables `file_identity`, `epoch` and `source`: what makes the ids of rows.
package enum EpochTable {
    /// Begins an epoch, inside the transaction of its first rows; ?1 is the time.
    ///
    /// Later than every epoch before, also where the clock was set back; and above every number that a removed row had, as
    /// whoever writes goes on there (``RemovableLog/selectNext``): a receiver that knows the row takes an epoch at its number
    /// for a backup that was put back.
    package static let begin = """
        INSERT INTO epoch (first_exposure, first_outcome, first_link, epoch)
        SELECT 1 + max(coalesce((SELECT max(exposure_id) FROM exposure_log), 0), r.e),
            1 + max(coalesce((SELECT max(outcome_id) FROM outcome_log), 0), r.o),
            1 + max(coalesce((SELECT max(link_id) FROM link_log), 0), r.k),
            max(?1, 1 + coalesce((SELECT max(epoch) FROM epoch), 0))
        FROM (SELECT coalesce(max(last_exposure), 0) AS e, coalesce(max(last_outcome), 0) AS o,
            coalesce(max(last_link), 0) AS k FROM removal) AS r
        """
    /// Gives a file into which nobody has recorded yet an id of its own; ?1 is the id.
    ///
    /// Before the first epoch begins: many files may be copies of one that was only defined.
    package static let setFile = """
        UPDATE file_identity SET file_id = ?1 WHERE NOT EXISTS (SELECT 1 FROM epoch)
            AND NOT EXISTS (SELECT 1 FROM exposure_log) AND NOT EXISTS (SELECT 1 FROM outcome_log)
            AND NOT EXISTS (SELECT 1 FROM link_log)
        """

    /// Query of all epochs, those that hold no row included, in the order of the numbers of a log's rows.
    package static func select(_ log: RowID.Log) -> String {
        "SELECT first_\(log.rawValue), epoch FROM epoch ORDER BY 1, 2"
    }

    /// Digest in a merged file's table `import` that dates the last merge: rows' numbers do not tell what is new.
    package static let mergeDigest = "merge"

    private static let selectFile = "SELECT file_id FROM file_identity"
    private static let selectMerged = "SELECT EXISTS (SELECT 1 FROM source)"

    /// The id of the file.
    package static func file(_ connection: borrowing Connection) throws -> UUID {
        let id = try connection.value(selectFile) { UUID(uuidString: $0.text(0)) }
        guard let id, let id else { throw StorageFailure.damaged("the file has no id") }
        return id
    }

    /// Whether the file was merged from others.
    package static func isMerged(_ connection: borrowing Connection) throws -> Bool {
        try connection.value(selectMerged) { $0.int(0) } == 1
    }

    /// Refuses a file that was merged from others, since its rows are numbered by those.
    package static func checkRecordsItself(_ connection: borrowing Connection) throws {
        guard try isMerged(connection) else { return }
        throw StorageFailure.file(
            "the file was merged from others, so nobody records into it: record into the servers' own files and merge again"
        )
    }
}

/// Makes the ids of a file's rows from their numbers.
///
/// A few numbers for each opening of the file; an id costs a binary search.
package struct RowIDs: Sendable {
    /// Numbers of a merged file have this many bits below their source's block.
    package static let blockShift: Int64 = 36

    /// The file's own id.
    package let file: UUID
    /// The sources of a merged file, by their blocks.
    package let sources: [Int64: UUID]
    private var starts: [RowID.Log: [(number: Int64, epoch: Int64)]] = [:]

    package init(_ connection: borrowing Connection) throws {
        file = try EpochTable.file(connection)
        var sources: [Int64: UUID] = [:]
        let rows = try connection.query("SELECT block, file_id FROM source")
        while try rows.step() { sources[rows.int64(0)] = UUID(uuidString: rows.text(1)) }
        self.sources = sources
        for log in RowID.Log.allCases {
            let rows = try connection.query(EpochTable.select(log))
            while try rows.step() { starts[log, default: []].append((rows.int64(0), rows.int64(1))) }
        }
    }

    /// The id of the row that has a number.
    package func id(_ log: RowID.Log, _ number: Int64) -> RowID {
        let block = number >> Self.blockShift
        guard let source = sources[block] else {
            return RowID(file: file, epoch: epoch(log, number), log: log, number: number)
        }
        return RowID(
            file: source, epoch: epoch(log, number), log: log, number: number - block << Self.blockShift)
    }

    /// The number in this file of a row that has an id; nil for a row of a file that is not in it.
    package func number(of id: RowID) -> Int64? { number(id.number, of: id.file) }

    /// The number in this file of the row that has a number in the file that recorded it.
    package func number(_ number: Int64, of recorder: UUID) -> Int64? {
        if sources.isEmpty { return recorder == file ? number : nil }
        return sources.first { $0.value == recorder }.map { $0.key << Self.blockShift + number }
    }

    /// The epoch of the last start that is not above the number.
    private func epoch(_ log: RowID.Log, _ number: Int64) -> Int64 {
        let starts = starts[log] ?? []
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle].number <= number { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? 0 : starts[low - 1].epoch
    }
}
