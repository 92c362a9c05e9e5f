import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Copies the definitions of a file into one that has none, with every phase, inside its caller's transaction.
///
/// Numbers of experiments, phases, variants and metrics stay what they are. Testers are left out: they decide what is
/// assigned, which nobody does from a merged file, and are ids of persons.
enum DefinitionCopy {
    /// The tables in an order in which the triggers let their rows in: a phase takes variants until it has started.
    private static let tables = [
        "experiment_definition", "variant_definition", "phase_definition", "phase_variant", "phase_coverage", "holdout",
        "report_setting", "metric_definition", "metric_role",
    ]

    static func copy(from source: borrowing Connection, to target: borrowing Connection) throws {
        // Metrics name others that come later.
        try target.execute("PRAGMA defer_foreign_keys = ON")
        try DefinitionAuthor.begin(.tool, at: Date.now.microsecondsSince1970, target)
        for table in tables { try copy(table, from: source, to: target) }
        let phases = try source.query(
            "SELECT phase_id, started_at_us FROM phase_definition WHERE started_at_us IS NOT NULL")
        while try phases.step() {
            try target.run(
                "UPDATE phase_definition SET started_at_us = ?2 WHERE phase_id = ?1", phases.int64(0), phases.int64(1))
        }
        // The triggers have made what runs there would have been by the last status alone.
        try target.run("DELETE FROM experiment_run")
        try copy("experiment_run", from: source, to: target)
        try DefinitionAuthor.end(target)
    }

    private static func copy(
        _ table: String, from source: borrowing Connection, to target: borrowing Connection
    ) throws {
        var columns: [String] = []
        let names = try source.query("SELECT name FROM pragma_table_info(?1)", table)
        while try names.step() { columns.append(names.text(0)) }
        let values = columns.map { table == "phase_definition" && $0 == "started_at_us" ? "NULL" : $0 }
        let rows = try source.query("SELECT \(values.joined(separator: ", ")) FROM \(table)")
        let places = (1...columns.count).map { "?\($0)" }.joined(separator: ", ")
        let insert = try target.prepare("INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(places))")
        while try rows.step() {
            for column in 0..<rows.columnCount { try insert.bind(rows, column, at: column + 1) }
            try insert.run()
        }
    }
}

extension Statement {
    /// Binds the value of another statement's column as it is stored.
    func bind(_ row: borrowing Statement, _ column: Int32, at index: Int32) throws {
        switch row.storedType(column) {
        case .null: try bindNull(at: index)
        case .integer: try bind(row.int64(column), at: index)
        case .real: try bind(row.double(column), at: index)
        case .text: try bind(row.text(column), at: index)
        }
    }
}
