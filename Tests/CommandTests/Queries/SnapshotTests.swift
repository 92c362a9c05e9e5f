import Foundation
import TestSupport
import Testing

@Suite("snapshot")
struct SnapshotTests {
    /// The tables of a snapshot and the views of the database, as the sqlite3 shell prints them.
    private func rows(_ path: String, _ sql: String) throws -> String {
        let ending = try Program.run("sqlite3", ["-readonly", path, sql])
        return ending.output + ending.errors
    }

    @Test("its tables hold the rows of the views, and can be read by anybody who knows nothing of experiments")
    func views() throws {
        let tool = try PreparedDatabase.demo.get().database.copy()
        let file = tool.folder.file("views.db")
        #expect(try tool.run("snapshot", file).code == 0)
        let views = try tool.sqlite("SELECT DISTINCT view FROM columns").split(separator: "\n").map(String.init)
        #expect(views.count >= 12)
        let tables = try rows(
            file, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('snapshot', 'sqlite_stat1')")
        #expect(tables.split(separator: "\n").map(String.init) == views)
        for view in ["results", "experiments", "variants", "columns"] {
            #expect(try rows(file, "SELECT * FROM \(view)") == tool.sqlite("SELECT * FROM \(view)") + "\n", "\(view)")
        }
        for view in views {
            let count = "SELECT count(*) FROM \(view)"
            #expect(try rows(file, count) == tool.sqlite(count) + "\n", "\(view)")
            // What a definition was before and after is of any type in the view, and text in the table.
            guard view != "definition_changes" else { continue }
            let others = "SELECT count(*) FROM (SELECT * FROM \(view) EXCEPT SELECT * FROM made.\(view))"
            #expect(try rows(tool.database, "ATTACH '\(file)' AS made; \(others)") == "0\n", "\(view)")
        }
        #expect(
            try rows(file, "SELECT typeof(mean), typeof(units), typeof(metric) FROM results LIMIT 1")
                == "real|integer|text\n")
        #expect(
            try rows(file, "EXPLAIN QUERY PLAN SELECT value FROM unit_metrics WHERE unit_id = 'u1'")
                .contains("SEARCH unit_metrics USING INDEX"))
        #expect(try tool.bare(["list", "--database", file]).errors.contains("another application"))
        let again = try tool.run("snapshot", file)
        #expect(again.code == 2 && again.errors.contains("replaces no file"))
    }

    @Test("as of a day it says what a report as of that day says")
    func asOf() throws {
        let tool = try PreparedDatabase.demo.get().database.copy()
        let file = tool.folder.file("monday.db")
        #expect(try tool.run("snapshot", file, "--as-of", "2026-01-08").code == 0)
        let report = try tool.run("report", "--as-of", "2026-01-08", "--format", "csv").output
        let lines = report.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let header = try #require(lines.first)
        func column(_ name: Substring) throws -> Int { try #require(header.firstIndex(of: name)) }
        let names: [Substring] = ["experiment", "metric", "variant_id", "units", "sum", "mean"]
        let places = try names.map(column)
        // The views have no row of a metric whose windows are all open; a report says that they are.
        let units = try column("units")
        let settled = Set(lines.dropFirst().filter { $0[units] != "0" }.map { "\($0[places[0]])|\($0[places[1]])" })
        let reported = lines.dropFirst().filter { settled.contains("\($0[places[0]])|\($0[places[1]])") }
            .map { line in places.map { line[$0] }.joined(separator: "|") }
        let query = "SELECT experiment, metric, variant_id, units, sum, mean FROM results"
        let stored = try rows(file, query).split(separator: "\n").map { $0.split(separator: "|") }
        #expect(stored.count == reported.count && !stored.isEmpty)
        // SQLite prints 15 digits.
        for (line, row) in zip(
            reported.sorted(), stored.sorted { $0.joined(separator: "|") < $1.joined(separator: "|") })
        {
            let cells = line.split(separator: "|")
            #expect(cells.prefix(4) == row.prefix(4))
            for index in 4..<6 {
                let (left, right) = (try #require(Double(cells[index])), try #require(Double(row[index])))
                #expect(abs(left - right) <= 1e-12 * abs(left))
            }
        }
        #expect(try rows(file, "SELECT as_of FROM snapshot") == "2026-01-09T00:00:00.000000Z\n")
        #expect(try rows(file, "SELECT max(timestamp) < '2026-01-09' FROM outcomes") == "1\n")
    }

    @Test("an earlier phase is as it was before the next one, and one that nobody had is refused")
    func phases() throws {
        let tool = Tool()
        try tool.define()
        func expose(_ user: String, _ variant: String, _ time: String) throws {
            let file = try tool.file(
                "\(user).csv", "experiment,variant_id,user_id,timestamp\nbutton,\(variant),\(user),\(time)\n")
            try tool.prepare("import", "exposures", file)
        }
        try expose("ann", "control", "2026-01-05T10:00:00Z")
        try tool.prepare("new-phase", "button")
        // A moment after the new phase began; the format leaves out the fraction of the second.
        try expose("bob", "treatment", Date.now.addingTimeInterval(2).ISO8601Format())
        let query = "SELECT unit_id, phase FROM first_exposures"
        for (phase, units) in [("1", "ann|1\n"), ("2", "bob|2\n")] {
            let file = tool.folder.file("phase\(phase).db")
            #expect(try tool.run("snapshot", file, "--phase", phase).code == 0)
            #expect(try rows(file, query) == units)
        }
        let refused = try tool.run("snapshot", tool.folder.file("phase3.db"), "--phase", "3")
        #expect(refused.code == 2 && refused.errors.contains("phase"))
        #expect(!FileManager.default.fileExists(atPath: tool.folder.file("phase3.db")))
        #expect(try tool.sqlite("SELECT count(*) FROM exposure_log") == "2")
    }

    @Test(
        "as CSV it can be read by nobody who cannot read the database",
        arguments: [(0o600, 0o700), (0o640, 0o750), (0o644, 0o755)] as [(UInt32, UInt32)])
    func permissions(_ file: UInt32, _ folder: UInt32) throws {
        let tool = Tool()
        try tool.define()
        try Files.setPermissions(tool.database, file)
        let made = tool.folder.file("views")
        #expect(try tool.run("snapshot", made, "--format", "csv").code == 0)
        #expect(try Files.permissions(made) == folder)
        #expect(try Files.permissions(made + "/first_exposures.csv") == file)
    }

    @Test("as CSV it is a folder with a file a table, whose cells can be read back")
    func csv() throws {
        let tool = Tool()
        try tool.define()
        let strange = "a,\"b\"\n'c'"
        let line: [String: Any] = [
            "experiment": "button", "variant_id": "control", "user_id": strange, "timestamp_us": 1_000,
        ]
        let json = String(decoding: try JSONSerialization.data(withJSONObject: line), as: UTF8.self)
        try tool.prepare("import", "exposures", try tool.file("e.ndjson", json + "\n"))
        let folder = tool.folder.file("views")
        #expect(try tool.run("snapshot", folder, "--format", "csv").code == 0)
        let shown = try String(contentsOfFile: folder + "/first_exposures.csv", encoding: .utf8)
        #expect(shown.contains("\"a,\"\"b\"\"\n'c'\""))
        let script =
            "CREATE TEMP TABLE t (e, p, u, v, t, us, a, n, c);\n.import --csv --skip 1 --schema temp \(folder)/first_exposures.csv t\nSELECT u FROM t;\n"
        #expect(try Program.run("sqlite3", [], input: script).output == strange + "\n")
        let parquet = try String(contentsOfFile: folder + "/parquet.sql", encoding: .utf8)
        #expect(parquet.contains("'unit_id': 'VARCHAR'"))
        #expect(try tool.run("snapshot", folder, "--format", "csv").errors.contains("already there"))
    }
}
