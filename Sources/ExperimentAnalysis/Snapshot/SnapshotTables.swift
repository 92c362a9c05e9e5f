import ExperimentDatabase
import Experimentation

/// Makes a copy of a database into a file that has the public views as tables, and nothing else.
struct SnapshotTables {
    /// Time from which on what happened is left out, in µs since 1970 UTC; nil for none.
    let asOf: Int64?
    let phase: Int?

    /// Nobody reads the copy before it is complete, so it needs neither a log nor locks; what sorts may spill to disk.
    private static let settings = """
        PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA secure_delete = OFF;
        PRAGMA temp_store = FILE; PRAGMA legacy_alter_table = ON
        """
    private static let hasPhase = "SELECT EXISTS (SELECT 1 FROM phase_definition WHERE number = ?1)"
    /// Phases after the one asked for, where the experiment had that one.
    private static let laterPhases = """
        SELECT p.phase_id FROM phase_definition AS p WHERE p.number > ?1 AND EXISTS (
            SELECT 1 FROM phase_definition AS q WHERE q.experiment_id = p.experiment_id AND q.number = ?1)
        """
    /// The moment of a snapshot, and up to which rows of the logs it goes.
    private static let moment = """
        CREATE TABLE snapshot (as_of TEXT, phase INTEGER, last_exposure INTEGER, last_outcome INTEGER);
        INSERT INTO snapshot SELECT NULL, NULL, (SELECT max(exposure_id) FROM exposure_log), (SELECT max(outcome_id) FROM outcome_log)
        """
    private static let publicViews = "SELECT DISTINCT view FROM columns"
    /// The view that reads the texts of the others, which therefore must be views still when it is asked.
    private static let viewOfTexts = "columns"
    /// The views that several others are made of, innermost first.
    private static let shared = ["phase_unit", "attributed_outcome", "metric_value", "results"]
    private static let columns = "SELECT name FROM pragma_table_info(?1)"
    private static let rest = """
        SELECT type, name FROM sqlite_schema
        WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\(prefix)%' AND name <> 'snapshot' AND type IN ('table', 'view')
        ORDER BY type DESC
        """
    /// Prefix of tables in the making, since a table and a view cannot share a name.
    private static let prefix = "new "

    func make(in connection: borrowing Connection, telling tell: (String) -> Void) throws {
        try connection.execute(Self.settings)
        try cut(connection)
        try connection.execute(Self.moment)
        try connection.run(
            "UPDATE snapshot SET as_of = ?1, phase = ?2", asOf.map { RFC3339.string(microseconds: $0) },
            phase.map(Int64.init))
        let views = try texts(connection, Self.publicViews)
        for view in views {
            tell(view)
            try materialise(view, connection)
            if view == Self.viewOfTexts { for step in Self.shared { try evaluateOnce(step, connection) } }
        }
        let select = try connection.prepare(Self.rest)
        var drops: [String] = []
        while try select.step() { drops.append("DROP \(select.text(0)) \(Self.quoted(select.text(1)))") }
        select.reset()
        for drop in drops { try connection.execute(drop) }
        for view in views {
            try connection.execute("ALTER TABLE \(Self.quoted(Self.prefix + view)) RENAME TO \(Self.quoted(view))")
            try index(view, connection)
        }
        // A snapshot is no experiment database: without the mark, neither the library nor the tool takes it for such a file.
        try connection.execute("PRAGMA application_id = 0; PRAGMA user_version = 0; PRAGMA optimize; VACUUM")
    }

    // MARK: The moment

    /// Takes away what the moment or the phase does not have.
    ///
    /// The triggers guard logs; this is a copy.
    private func cut(_ connection: borrowing Connection) throws {
        guard asOf != nil || phase != nil else { return }
        for trigger in try texts(connection, "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
            try connection.execute("DROP TRIGGER \(Self.quoted(trigger))")
        }
        if let asOf {
            try connection.run("DELETE FROM exposure_log WHERE timestamp_us >= ?1", asOf)
            try connection.run("DELETE FROM outcome_log WHERE timestamp_us >= ?1", asOf)
            // Windows are over by that time, not by the last row before it.
            try connection.execute("DROP VIEW log_end; CREATE VIEW log_end AS SELECT \(asOf) AS us")
            for table in NightTable.parts {
                try connection.run(
                    "DELETE FROM \(table) WHERE night_id IN (SELECT night_id FROM night WHERE as_of_us > ?1)", asOf)
            }
        }
        guard let phase else { return }
        let number = Int64(phase)
        let exists = try connection.query(Self.hasPhase, number)
        guard try exists.step(), exists.int64(0) == 1 else {
            throw ExperimentError.invalid("phase", "must be one that an experiment has had")
        }
        exists.reset()
        // Where a record names no phase, its time decides, which the view knows.
        try connection.run(
            "DELETE FROM exposure_log WHERE exposure_id IN "
                + "(SELECT exposure_id FROM decided_exposure WHERE phase_id IN (\(Self.laterPhases)))", number)
        for table in ["phase_variant", "phase_coverage", "phase_definition"] {
            try connection.run("DELETE FROM \(table) WHERE phase_id IN (\(Self.laterPhases))", number)
        }
    }

    // MARK: The tables

    /// Puts a table with a view's rows in the view's place, so that the views that are made of it do not evaluate it again each.
    ///
    /// Its columns have no type: whatever is made of the rows sees the values that the view gave.
    private func evaluateOnce(_ view: String, _ connection: borrowing Connection) throws {
        let columns = try texts(connection, Self.columns, view).map(Self.quoted).joined(separator: ", ")
        let (name, table) = (Self.quoted(view), Self.quoted(Self.prefix + view))
        // Other views name this one, which is not there for a moment: a strict ALTER would refuse that.
        try connection.execute(
            """
            CREATE TABLE \(table) (\(columns)); INSERT INTO \(table) SELECT * FROM \(name);
            DROP VIEW \(name); ALTER TABLE \(table) RENAME TO \(name)
            """)
    }

    /// Makes a table of a view.
    ///
    /// Its columns have the type of their values, which the expressions of a view do not tell.
    private func materialise(_ view: String, _ connection: borrowing Connection) throws {
        let columns = try texts(connection, Self.columns, view)
        try connection.execute("CREATE TEMP TABLE making AS SELECT * FROM \(Self.quoted(view))")
        var definitions: [String] = []
        for column in columns {
            let select = try connection.prepare(
                "SELECT DISTINCT typeof(\(Self.quoted(column))) FROM temp.making WHERE \(Self.quoted(column)) IS NOT NULL"
            )
            var types: Set<String> = []
            while try select.step() { types.insert(select.text(0)) }
            definitions.append("\(Self.quoted(column)) \(Self.type(types, of: column))")
        }
        let table = Self.quoted(Self.prefix + view)
        try connection.execute("CREATE TABLE \(table) (\(definitions.joined(separator: ", ")))")
        try connection.execute("INSERT INTO \(table) SELECT * FROM temp.making; DROP TABLE temp.making")
    }

    /// The declared type of a column: integers stay integers beside reals.
    private static func type(_ types: Set<String>, of column: String) -> String {
        switch types {
        case []: column.hasSuffix("_us") ? "INTEGER" : "TEXT"
        case ["integer"]: "INTEGER"
        case ["real"]: "REAL"
        case ["integer", "real"]: "NUMERIC"
        default: "TEXT"
        }
    }

    /// Finds the rows of an experiment, of a metric in it, and of a unit.
    private func index(_ table: String, _ connection: borrowing Connection) throws {
        let columns = try texts(connection, Self.columns, table)
        let keys = [
            ["experiment", "metric", "variant_id"].filter(columns.contains),
            ["unit_id", "user_id"].filter(columns.contains), ["session_id"].filter(columns.contains),
        ]
        for key in keys where !key.isEmpty {
            let name = Self.quoted("\(table)_by_\(key[0])")
            try connection.execute("CREATE INDEX \(name) ON \(Self.quoted(table)) (\(key.joined(separator: ", ")))")
        }
    }

    private func texts(_ connection: borrowing Connection, _ sql: String, _ value: String? = nil) throws -> [String] {
        let select = try connection.prepare(sql)
        if let value { try select.bind(value, at: 1) }
        var texts: [String] = []
        while try select.step() { texts.append(select.text(0)) }
        return texts
    }

    private static func quoted(_ name: String) -> String { "\"\(name)\"" }
}
