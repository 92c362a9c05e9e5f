import ExperimentDatabase
import ExperimentDefinitions

/// Copies a source's log of definitions into the file that it is merged into, inside its caller's transaction.
///
/// A plan that was changed after results could be known is held, and the row that arrived first is known by the numbers of
/// the file that recorded it. So each source's log comes along, with its own times, and is read by its own rows.
enum DefinitionLogCopy {
    private static let select = """
        SELECT l.change_id, l.changed_at_us, l.origin, \(DefinitionLog.lastExposure), l.experiment_id, l.metric_id, l.field,
            l.phase, l.position, l.before, l.after
        FROM definition_log AS l ORDER BY l.change_id
        """
    private static let insert = """
        INSERT INTO definition_log (change_id, changed_at_us, origin, last_exposure, experiment_id, metric_id, field, phase,
            position, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (change_id) DO NOTHING
        """
    private static let selectSame = """
        SELECT 1 FROM definition_log WHERE change_id = ?1 AND changed_at_us = ?2 AND field = ?3 AND after IS ?4
        """
    /// Without a change of its own a file gives the next one a number that looks like a source's.
    private static let hasOwn = "SELECT EXISTS (SELECT 1 FROM definition_log WHERE change_id > 0)"

    /// Copies what is not there yet, of definitions that the target has.
    /// - Throws: A failure where the source was put back from a backup and had other changes when it was merged before.
    static func copy(from source: MergeSource, to target: borrowing Connection) throws {
        // A file into which nobody has recorded has no id of its own, and no result that its changes could have followed.
        guard let own = source.own, try source.hasRecorded(), try target.value(hasOwn, { $0.int(0) }) == 1 else {
            return
        }
        let numbers = try MergedNumbers(from: source.connection, to: target)
        let insert = try target.prepare(insert)
        let same = try target.prepare(selectSame)
        let rows = try source.connection.query(select)
        while try rows.step() {
            guard let subject = numbers.subject(experiment: rows.int64(4), metric: rows.int64(5)) else { continue }
            let number = rows.int64(0)
            let isTaken = number < 0
            let place = isTaken ? number : DefinitionLog.number(number, ofBlock: own.block)
            for column in 0..<rows.columnCount { try insert.bind(rows, column, at: column + 1) }
            try insert.bind(place, at: 1)
            if !isTaken { try insert.bind(rows.int64(3) + own.shift, at: 4) }
            try insert.bind(subject.experiment, at: 5)
            try insert.bind(subject.metric, at: 6)
            try insert.run()
            guard insert.changes == 0 else { continue }
            try same.bind(place, at: 1)
            try same.bind(rows.int64(1), at: 2)
            try same.bind(rows.text(6), at: 3)
            try same.bind(rows, 10, at: 4)
            guard try same.step() else {
                throw StorageFailure.file(
                    "\(source.name): it was put back from a backup after it was merged, and its definitions were changed "
                        + "otherwise since: merge into a new file")
            }
            same.reset()
        }
    }
}
