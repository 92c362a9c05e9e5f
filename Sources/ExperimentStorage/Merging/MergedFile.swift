import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The file that others are merged into, inside one transaction: all of a merge, or nothing.
struct MergedFile {
    private static let selectSource = "SELECT last_exposure, last_outcome, last_link FROM source WHERE file_id = ?1"
    private static let selectBlock = "SELECT file_id FROM source WHERE block = ?1 AND file_id <> ?2"
    private static let upsertSource = """
        INSERT INTO source (file_id, block, last_exposure, last_outcome, last_link, first, second)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (file_id) DO UPDATE SET last_exposure = max(last_exposure, excluded.last_exposure),
            last_outcome = max(last_outcome, excluded.last_outcome), last_link = max(last_link, excluded.last_link),
            first = coalesce(excluded.first, first), second = coalesce(excluded.second, second)
        """
    private static let insertErasure = "INSERT OR IGNORE INTO source_erasure VALUES (?1, ?2, ?3)"
    private static let insertEpoch = "INSERT OR IGNORE INTO epoch VALUES (?1, ?2, ?3, ?4)"
    /// A row as an import has it, later than every night that does not know the rows.
    private static let insertImport = """
        INSERT INTO import (digest, rows, is_complete, updated_at_us)
        SELECT '\(EpochTable.mergeDigest)', ?1, 1, max(?2, 1 + coalesce((SELECT max(stored_at_us) FROM night), 0))
        WHERE ?1 > 0
        ON CONFLICT (digest) DO UPDATE SET rows = rows + excluded.rows, updated_at_us = excluded.updated_at_us
        """
    private static let selectErasures = """
        SELECT s.first, s.second, e.first, e.second FROM source AS s JOIN source_erasure AS e ON e.file_id = s.file_id
        ORDER BY s.file_id
        """

    private let sources: [MergeSource]
    private var summary = MergeSummary()

    private init(_ sources: [MergeSource]) { self.sources = sources }

    /// Merges sources.
    static func fill(
        _ sources: [MergeSource], _ target: borrowing Connection, telling tell: (String) -> Void
    ) throws -> MergeSummary {
        var merge = MergedFile(sources)
        try merge.checkTarget(target)
        try merge.define(target)
        try merge.takeRetained(target)
        for source in merge.sources { try DefinitionLogCopy.copy(from: source, to: target) }
        let hasNewErasures = try merge.takeErasures(target)
        let erasures = try erasures(target)
        let now = Date.now.microsecondsSince1970
        let receipt = try RemovalTable.begin(.merge, at: now, target)
        // Source by source in the order of the numbers, so that rows are appended.
        let parts = sources.flatMap { source in source.origins.map { (source, $0) } }
            .sorted { $0.1.block < $1.1.block }
        for (source, origin) in parts {
            tell(source.name)
            try merge.take(origin, of: source, erasures, receipt, target)
        }
        try merge.end(receipt, at: now, target)
        try target.run(insertImport, merge.summary.added, now)
        if hasNewErasures { try merge.removeErased(erasures, at: now, target) }
        return merge.summary
    }

    /// Only a file that was merged, or one without any row, can take others.
    private func checkTarget(_ target: borrowing Connection) throws {
        guard try !EpochTable.isMerged(target) else { return }
        let rows = try target.value(
            """
            SELECT EXISTS (SELECT 1 FROM exposure_log) + EXISTS (SELECT 1 FROM outcome_log) + EXISTS (SELECT 1 FROM link_log)
            """
        ) { $0.int(0) }
        guard rows == 0 else {
            throw StorageFailure.file("the file has rows of its own: merge it with the others into a new file")
        }
    }

    /// Takes over definitions where there are none, and refuses sources that say anything else.
    private func define(_ target: borrowing Connection) throws {
        let first = sources.min { ($0.origins.first?.block ?? 0) < ($1.origins.first?.block ?? 0) }
        guard let first else { return }
        let isNew = try DefinitionFacts(target).isEmpty
        if isNew { try DefinitionCopy.copy(from: first.connection, to: target) }
        let facts = try DefinitionFacts(target)
        let name = isNew ? first.name : "the merged file"
        let conflicts = sources.flatMap { facts.conflicts(with: $0.facts, name, $0.name) }
        guard conflicts.isEmpty else {
            let shown = conflicts.prefix(20).joined(separator: "\n")
            let more = conflicts.count > 20 ? "\nand \(conflicts.count - 20) more" : ""
            throw StorageFailure.file("the files define different things, so nothing was merged:\n\(shown)\(more)")
        }
    }

    /// Keeps of which phases a source had rows removed by a retention, on receipts of the same time: nothing may be computed of
    /// the rows that are left.
    private mutating func takeRetained(_ target: borrowing Connection) throws {
        for source in sources {
            let numbers = try MergedNumbers(from: source.connection, to: target)
            let known = Set(try RetainedPhaseTable.all(target).map(\.row))
            var receipts: [RowNumber<RemovalRow>: RowNumber<RemovalRow>] = [:]
            for phase in try RetainedPhaseTable.all(source.connection) {
                let row = RowNumber<PhaseRow>(try numbers.phase(phase.row.value))
                guard !known.contains(row) else { continue }
                let receipt = try receipts[phase.receipt] ?? RemovalTable.copy(phase, to: target)
                receipts[phase.receipt] = receipt
                try RetainedPhaseTable.add(row, receipt, target)
                summary.retained.append(MergeSummary.RetainedPart(file: source.name, phase: phase))
            }
        }
    }

    /// Keeps who was erased from the sources; tells whether anybody was whom the target does not know as such.
    private func takeErasures(_ target: borrowing Connection) throws -> Bool {
        var hasNew = false
        for source in sources {
            for origin in source.origins {
                let id = origin.file.uuidString.lowercased()
                let taken = try target.query(Self.selectBlock, origin.block, id)
                guard try !taken.step() else {
                    throw StorageFailure.file("\(source.name): its id begins as that of another file, \(taken.text(0))")
                }
                let first = origin.numbers.lowerBound
                try target.run(
                    Self.upsertSource, id, origin.block, first, first, first, origin.erasures?.key.first,
                    origin.erasures?.key.second)
                for hash in origin.erasures?.hashes ?? [] {
                    let insert = try target.query(Self.insertErasure, id, hash.first, hash.second)
                    try insert.run()
                    if insert.changes > 0 { hasNew = true }
                }
            }
        }
        return hasNew
    }

    /// Everybody who was erased, from the target or from any source that it ever took.
    private static func erasures(_ target: borrowing Connection) throws -> [ErasedUnits] {
        var keys: [(key: (first: Int64, second: Int64), hashes: [(first: Int64, second: Int64)])] = []
        let rows = try target.query(selectErasures)
        while try rows.step() {
            let key = (first: rows.int64(0), second: rows.int64(1))
            if keys.last.map({ $0.key == key }) != true { keys.append((key, [])) }
            keys[keys.count - 1].hashes.append((rows.int64(2), rows.int64(3)))
        }
        let own = try ErasedUnits(target)
        return keys.map { ErasedUnits(key: $0.key, $0.hashes) } + (own.isEmpty ? [] : [own])
    }

    private mutating func take(
        _ origin: MergeSource.Origin, of source: MergeSource, _ erasures: [ErasedUnits],
        _ receipt: RowNumber<RemovalRow>, _ target: borrowing Connection
    ) throws {
        let id = origin.file.uuidString.lowercased()
        let known = try target.query(Self.selectSource, id)
        guard try known.step() else { throw StorageFailure.damaged("a source was not noted") }
        let last: [RowID.Log: Int64] = [.exposure: known.int64(0), .outcome: known.int64(1), .link: known.int64(2)]
        known.reset()
        try checkHistory(of: origin, in: source, last, target)
        for epoch in try source.epochs(of: origin) { try Self.add(epoch, target) }
        let first = origin.numbers.lowerBound
        try Self.add(MergedEpoch(firsts: [.exposure: first, .outcome: first, .link: first], epoch: 0), target)
        var ends: [RowID.Log: Int64] = [:]
        for log in RowID.Log.allCases {
            let (start, end) = (last[log] ?? first, try source.last(log, of: origin))
            ends[log] = end
            guard end > start else { continue }
            var rows = try RowMerge(log, source, erasures, receipt, to: target)
            try rows.copy(start...end, of: origin, from: source, to: target)
            summary.add(rows.counts, to: log)
        }
        try target.run(
            Self.upsertSource, id, origin.block, ends[.exposure] ?? first, ends[.outcome] ?? first,
            ends[.link] ?? first,
            origin.erasures?.key.first, origin.erasures?.key.second)
    }

    /// A source that was put back from a backup since it was merged has given numbers to others; so has the source that was
    /// merged, where this one is the file from before.
    private func checkHistory(
        of origin: MergeSource.Origin, in source: MergeSource, _ last: [RowID.Log: Int64],
        _ target: borrowing Connection
    ) throws {
        let (name, epochs, numbers) = (source.name, try source.epochs(of: origin), origin.numbers)
        for epoch in epochs
        where epoch.epoch > 0 && RowID.Log.allCases.contains(where: { (epoch.firsts[$0] ?? 0) <= (last[$0] ?? 0) }) {
            let same = try target.query(
                "SELECT 1 FROM epoch WHERE first_exposure = ?1 AND epoch = ?2", epoch.firsts[.exposure], epoch.epoch)
            guard try !same.step() else { continue }
            throw StorageFailure.file(
                "\(name): it was put back from a backup after it was merged, and lacks rows that the merged file has: "
                    + "merge into a new file")
        }
        let ends = try RowID.Log.allCases.map { try source.last($0, of: origin) }
        let merged = try target.query(
            "SELECT first_exposure, first_outcome, first_link, epoch FROM epoch WHERE first_exposure BETWEEN ?1 AND ?2",
            numbers.lowerBound, numbers.upperBound)
        while try merged.step() {
            let (firsts, epoch) = ([merged.int64(0), merged.int64(1), merged.int64(2)], merged.int64(3))
            guard epoch > 0, zip(firsts, ends).contains(where: { $0 <= $1 }),
                !epochs.contains(where: { $0.epoch == epoch && $0.firsts[.exposure] == firsts[0] })
            else { continue }
            throw StorageFailure.file(
                "\(name): it is the file from before a backup was put back, whose rows were merged first and have the same "
                    + "numbers: merge it into a new file")
        }
    }

    private static func add(_ epoch: MergedEpoch, _ target: borrowing Connection) throws {
        try target.run(
            insertEpoch, epoch.firsts[.exposure], epoch.firsts[.outcome], epoch.firsts[.link], epoch.epoch)
    }

    /// Closes the receipt of rows that made room; one without a row is no receipt.
    private func end(_ receipt: RowNumber<RemovalRow>, at now: Int64, _ target: borrowing Connection) throws {
        try target.run(
            "DELETE FROM removal WHERE removal_id = ?1 AND exposures = 0 AND outcomes = 0 AND links = 0", receipt)
        // Nobody asked for these rows to be forgotten, so copies of them in a log do no harm.
        try target.run("UPDATE removal SET ended_at_us = ?2, emptied_at_us = ?2 WHERE removal_id = ?1", receipt, now)
    }

    /// Removes rows that were merged before their units were erased.
    private mutating func removeErased(
        _ erasures: [ErasedUnits], at now: Int64, _ target: borrowing Connection
    ) throws {
        let receipt = try RemovalTable.begin(.erasure, at: now, target)
        for log in RemovableLog.allCases {
            var found: [Int64] = []
            let rows = try target.query("SELECT \(log.key), user_id, session_id FROM \(log.table)")
            while try rows.step() {
                let (userID, sessionID): (UnitID?, UnitID?) = (rows.optionalName(1), rows.optionalName(2))
                if erasures.contains(where: { $0.contains(userID: userID, sessionID: sessionID) }) {
                    found.append(rows.int64(0))
                }
            }
            try log.remove(found[...], receipt, target)
            summary.removed += found.count
        }
        try RemovalTable.end(receipt, at: now, target)
    }
}
