package import ExperimentDatabase
package import Experimentation

/// Origin of a change of a definition: who wrote; the raw values are what the file's log holds.
public enum ChangeOrigin: String, Sendable, Hashable, CaseIterable {
    /// The command-line tool, or another administrator beside the server.
    case tool
    /// A server that owns the file.
    case server
    /// Anybody else, by SQL.
    case hand
}

/// Says in the file who is changing definitions, inside the transaction that does; the file's triggers write it down.
package enum DefinitionAuthor {
    private static let insert = "INSERT OR REPLACE INTO definition_author VALUES (1, ?1, ?2)"
    private static let delete = "DELETE FROM definition_author"

    /// Makes changes this origin's from now on, at a moment in µs since 1970 UTC.
    package static func begin(_ origin: ChangeOrigin, at now: Int64, _ connection: borrowing Connection) throws {
        try connection.run(insert, origin.rawValue, now)
    }

    /// Ends the origin's changes before the transaction ends: whoever writes next is somebody else.
    package static func end(_ connection: borrowing Connection) throws { try connection.run(delete) }
}

/// Log of what decides and of how that came about: every change that the file's triggers wrote down, in order.
package struct DefinitionLog: Sendable {
    /// One fact that changed.
    package struct Entry: Sendable, Hashable {
        /// Number of the entry in the log; below 0 where a merge took it over from another file.
        package let number: Int64
        /// Time of the change in µs since 1970 UTC, by the clock of whoever wrote.
        package let changedAt: Int64
        package let origin: ChangeOrigin
        /// The number of the last exposure that had arrived, also where that was removed before; 0 for none.
        package let lastExposure: Int64
        /// Experiment that the fact is of; nil for a metric.
        package let experimentID: RowNumber<ExperimentRow>?
        /// Metric that the fact is of; nil for an experiment.
        package let metric: MetricName?
        /// Name of the fact in the file.
        package let field: String
        /// The number of the phase that it is a fact of; 0 for none in particular.
        package let phase: Int
        /// Place of the fact where an experiment has several of one name.
        package let position: Int
        /// Text of the fact before the change; nil where the fact was not there.
        package let before: String?
        /// Text of the fact after the change; nil where the fact is not there any more.
        package let after: String?

        /// The block of the file that a merge took it over from; nil for the file's own.
        package var source: Int64? { number < 0 ? (number - .min) >> RowIDs.blockShift : nil }
    }

    /// The number of the last exposure that had arrived at a change `l`, in SQL.
    ///
    /// A change that a merge took over has the number of its own file. Receipts of removals count by this file's numbers, so they
    /// say something of this file's changes alone.
    package static let lastExposure = """
        CASE WHEN l.change_id < 0 THEN l.last_exposure
            ELSE max(l.last_exposure, (SELECT coalesce(max(r.last_exposure), 0) FROM removal AS r
                WHERE r.began_at_us <= l.changed_at_us)) END
        """
    private static let select = """
        SELECT l.change_id, l.changed_at_us, l.origin, \(lastExposure),
               nullif(l.experiment_id, 0), m.name, l.field, l.position, CAST(l.before AS TEXT), CAST(l.after AS TEXT), l.phase
        FROM definition_log AS l LEFT JOIN metric_definition AS m ON m.metric_id = l.metric_id
        ORDER BY l.change_id
        """

    /// The changes in order; those that merges took over come first.
    package let entries: [Entry]

    /// The place in a merged file's log of a change that one of its sources has at a number of its own.
    ///
    /// Below 0, so that the file's own changes stay the last of every fact: triggers go by these.
    package static func number(_ number: Int64, ofBlock block: Int64) -> Int64 {
        .min + (block << RowIDs.blockShift) + number
    }

    /// The changes of this file, and of each file that was merged into it.
    package let bySource: [Int64?: [Entry]]

    /// Whether a merge took over the log of another file.
    package var isMerged: Bool { entries.first?.source != nil }

    /// No change.
    package static let none = DefinitionLog(entries: [])

    private init(entries: [Entry]) {
        self.entries = entries
        bySource = Dictionary(grouping: entries, by: \.source)
    }

    package init(_ connection: borrowing Connection) throws {
        var entries: [Entry] = []
        let rows = try connection.prepare(Self.select)
        while try rows.step() {
            entries.append(
                Entry(
                    number: rows.int64(0), changedAt: rows.int64(1),
                    origin: ChangeOrigin(rawValue: rows.text(2)) ?? .hand,
                    lastExposure: rows.int64(3), experimentID: rows.isNull(4) ? nil : rows.rowNumber(4),
                    metric: rows.optionalName(5), field: rows.text(6), phase: rows.int(10), position: rows.int(7),
                    before: rows.optionalText(8), after: rows.optionalText(9)))
        }
        self.init(entries: entries)
    }
}
