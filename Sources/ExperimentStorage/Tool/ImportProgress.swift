import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The progress of an input's import: how many of its records are settled, and which of those were refused.
///
/// In the table `import` an input has a row under its digest, and one for each run of neighbouring records that were
/// refused, under the digest, `refused` and the number of the run's first record.
struct ImportProgress: ~Copyable {
    private static let select = "SELECT rows, is_complete, updated_at_us FROM import WHERE digest = ?1"
    private static let selectRefused = """
        SELECT CAST(substr(digest, length(?1) + 1) AS INTEGER), rows FROM import
        WHERE digest BETWEEN ?1 AND ?2 ORDER BY digest
        """
    private static let deleteRefused = "DELETE FROM import WHERE digest BETWEEN ?1 AND ?2"
    private static let upsert = """
        INSERT INTO import (digest, rows, is_complete, updated_at_us) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (digest) DO UPDATE SET
            rows = excluded.rows, is_complete = excluded.is_complete, updated_at_us = excluded.updated_at_us
        """

    private let digest: String
    private let select: Statement
    private let deleteRefused: Statement
    private let upsert: Statement
    /// Time at which the file's row was last written, in µs since 1970 UTC; nil without one.
    private var updatedAt: Int64?
    /// Records below this one are as the file says.
    private var savedPosition = 0
    private var isStartingOver = false
    /// Runs that an import before refused, from the next record on.
    private var refusedBefore: ArraySlice<Range<Int>> = []
    /// Runs that this import refused; the last one may grow.
    private var refusedNow: [Range<Int>] = []

    /// The number of the next record of the input, from 0.
    private(set) var position = 0
    /// Records settled, in this import or one before, the refused ones included.
    private(set) var settled = 0
    /// The number of settled records that were refused.
    private(set) var refused = 0
    /// Whether the input was read to its end before.
    private(set) var isAtEnd = false

    init(_ digest: String, _ connection: borrowing Connection) throws {
        let select = try connection.prepare(Self.select)
        let selectRefused = try connection.prepare(Self.selectRefused)
        let deleteRefused = try connection.prepare(Self.deleteRefused)
        let upsert = try connection.prepare(Self.upsert)
        try select.bind(digest, at: 1)
        let isKnown = try select.step()
        let (rows, isAtEnd) = isKnown ? (select.int(0), select.int(1) == 1) : (0, false)
        let updatedAt = isKnown ? select.int64(2) : nil
        select.reset()
        try selectRefused.bind(Self.key(digest, nil), at: 1)
        try selectRefused.bind(Self.key(digest, .max), at: 2)
        var runs: [Range<Int>] = []
        while try selectRefused.step() {
            runs.append(selectRefused.int(0)..<selectRefused.int(0) + selectRefused.int(1))
        }
        self.digest = digest
        self.select = select
        self.deleteRefused = deleteRefused
        self.upsert = upsert
        self.isAtEnd = isAtEnd
        self.updatedAt = updatedAt
        settled = rows
        refused = runs.reduce(0) { $0 + $1.count }
        refusedBefore = runs[...]
    }

    /// Whether an import before stored the next record.
    var isNextStored: Bool { position < settled && refusedBefore.first?.lowerBound != position }

    /// Goes on to the record after the next, which is stored.
    mutating func pass() { position += 1 }

    /// The next record is stored.
    mutating func accept() {
        if let run = refusedBefore.first, run.lowerBound == position {
            refused -= 1
            if run.count > 1 {
                refusedBefore[refusedBefore.startIndex] = position + 1..<run.upperBound
            } else {
                refusedBefore.removeFirst()
            }
        }
        position += 1
        settled = max(settled, position)
    }

    /// The next record is refused.
    mutating func refuse() {
        let number = position
        accept()
        refused += 1
        if let run = refusedNow.last, run.upperBound == number {
            refusedNow[refusedNow.count - 1] = run.lowerBound..<number + 1
        } else {
            refusedNow.append(number..<number + 1)
        }
    }

    /// Forgets what was imported before.
    mutating func startOver() {
        settled = 0
        refused = 0
        isAtEnd = false
        refusedBefore = []
        isStartingOver = true
    }

    /// Refuses to go on where another import of the same input has: both would write the same records.
    func checkAlone() throws {
        defer { select.reset() }
        try select.bind(digest, at: 1)
        guard try select.step() ? select.int64(2) == updatedAt : updatedAt == nil else {
            throw StorageFailure.damaged("the same input is being imported by another process")
        }
    }

    /// Writes it into the file, in the transaction that holds the records.
    mutating func save(atEnd: Bool) throws {
        // Never the same twice, whatever the clock does: it is what another import of this input is noticed by.
        let now = max(Date.now.microsecondsSince1970, (updatedAt ?? 0) + 1)
        try deleteRefused.bind(Self.key(digest, isStartingOver ? nil : savedPosition), at: 1)
        try deleteRefused.bind(Self.key(digest, isStartingOver ? .max : position - 1), at: 2)
        try deleteRefused.run()
        for run in refusedNow { try put(Self.key(digest, run.lowerBound), run.count, false, now) }
        if let run = refusedBefore.first, run.lowerBound == position {
            try put(Self.key(digest, position), run.count, false, now)
        }
        isAtEnd = isAtEnd || atEnd
        try put(digest, settled, isAtEnd, now)
        updatedAt = now
        savedPosition = position
        isStartingOver = false
        refusedNow = refusedNow.suffix(1)
    }

    private func put(_ key: String, _ rows: Int, _ isComplete: Bool, _ now: Int64) throws {
        try upsert.bind(key, at: 1)
        try upsert.bind(Int64(rows), at: 2)
        try upsert.bind(isComplete ? 1 as Int64 : 0, at: 3)
        try upsert.bind(now, at: 4)
        try upsert.run()
    }

    /// The key of the run that begins with a record, in the order of numbers; without one, what all keys begin with.
    private static func key(_ digest: String, _ number: Int?) -> String {
        let digits = number.map { String($0) } ?? ""
        let padding = number == nil ? "" : String(repeating: "0", count: max(0, 19 - digits.count))
        return "\(digest) refused \(padding)\(digits)"
    }
}
