import Foundation
import TestSupport
import Testing

@Suite("export")
struct ExportTests {
    private let tool = Tool()

    /// Imports the rows of an oracle's set, a damaged one among them.
    private func fill(_ set: String) throws {
        let fixtures = Checkout.file("Tests/CommandTests/Fixtures/\(set)")
        try tool.prepare("apply", fixtures + "/definitions.toml")
        for log in ["exposures", "outcomes"] {
            #expect(try tool.run("import", log, "\(fixtures)/\(log).csv", "--on-error", "skip").code == 3)
        }
        try tool.prepare(
            "import", "links",
            try tool.file(
                "links.csv", "session_id,user_id,timestamp\ns00001,u0000001,2025-10-01T00:00:00Z\n"))
    }

    private func lines(_ path: String) throws -> [String] {
        try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private func exposures(_ users: [String]) throws {
        let rows = users.map { "button,control,\($0),2026-01-05T10:00:00Z\n" }.joined()
        try tool.prepare(
            "import", "exposures",
            try tool.file("\(users[0]).csv", "experiment,variant_id,user_id,timestamp\n" + rows))
    }

    @Test(
        "what is exported can be imported again, and the report is the same", arguments: ["oracle", "oracle-metrics"])
    func roundTrip(set: String) throws {
        try fill(set)
        let other = Tool()
        try other.prepare("apply", Checkout.file("Tests/CommandTests/Fixtures/\(set)/definitions.toml"))
        for (log, name) in [("exposures", "e.csv.gz"), ("outcomes", "o.ndjson"), ("links", "l.ndjson.gz")] {
            let file = tool.folder.file(name)
            try tool.prepare("export", log, "--output", file)
            try other.prepare("import", log, file)
        }
        let report = ["report", "--format", "json", "--database"]
        let first = try tool.bare(report + [tool.database])
        #expect(first.code == 0)
        #expect(try other.bare(report + [other.database]).output == first.output)
        #expect(try other.sqlite("SELECT count(*) FROM link_log") == "1")
    }

    @Test("an export goes on where the last one ended, and each row has an id of its own")
    func cursor() throws {
        try tool.define()
        let (file, cursor) = (tool.folder.file("e.csv"), tool.folder.file("cursor"))
        let export = ["export", "exposures", "--output", file, "--cursor", cursor, "--database", tool.database]
        try exposures(["ada", "bob"])
        #expect(try tool.bare(export).errors == "Exported 2 exposures.\n")
        let first = try lines(file)
        #expect(first.count == 3)
        let again = try tool.bare(export)
        #expect(again.code == 0 && again.errors == "Exported 0 exposures.\n")
        try exposures(["cid"])
        #expect(try tool.bare(export).code == 0)
        let second = try lines(file)
        #expect(second.count == 2 && second[1].contains(",cid,"))
        let ids = (first.dropFirst() + second.dropFirst()).map { $0.prefix { $0 != "," } }
        #expect(Set(ids).count == 3)
        let shape = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}-exposure-[0-9]{16}-[0-9]+/
        #expect(ids.allSatisfy { $0.wholeMatch(of: shape) != nil })
        let rest = try tool.run("export", "exposures", "--format", "csv", "--after", String(ids[1]))
        #expect(rest.output == second.joined(separator: "\n") + "\n")
    }

    @Test("a backup that was put back repeats no id, and a cursor of what it lost is refused")
    func backup() throws {
        try tool.define()
        try exposures(["ada"])
        let copy = tool.folder.file("copy.db")
        try tool.prepare("backup", copy)
        try exposures(["bob", "cid"])
        let before = try tool.run("export", "exposures", "--format", "csv").output.split(separator: "\n")
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: tool.database + suffix) }
        try FileManager.default.copyItem(atPath: copy, toPath: tool.database)
        try exposures(["dan", "eve"])
        let after = try tool.run("export", "exposures", "--format", "csv").output.split(separator: "\n")
        #expect(before.count == 4 && after.count == 4)
        #expect(before[1] == after[1])
        let ids = (before[2...] + after[2...]).map { $0.prefix { $0 != "," } }
        #expect(Set(ids).count == 4)
        let lost = try tool.run("export", "exposures", "--after", String(ids[1]))
        #expect(lost.code == 2 && lost.output.isEmpty)
        #expect(lost.errors.contains("put back from a backup"))
    }

    @Test("a file is there as a whole or stays what it was")
    func whole() throws {
        try tool.define()
        try exposures(["ada"])
        let file = try tool.file("e.csv", "kept")
        #expect(try tool.run("export", "exposures", "--after", "none", "--output", file).code == 2)
        #expect(try lines(file) == ["kept"])
        let files = try FileManager.default.contentsOfDirectory(atPath: tool.folder.path)
        #expect(!files.contains { $0.contains("writing") })
    }

    @Test("nights and results are written as their views have them")
    func computed() throws {
        try fill("oracle")
        _ = try tool.run("nightly", "--date", "2025-11-01", "--output", tool.folder.file("r.html"))
        for (table, view) in [("nights", "nightly_results"), ("results", "results")] {
            let rows = try tool.run("export", table, "--format", "csv")
            #expect(rows.code == 0)
            let count = try tool.sqlite("SELECT count(*) + 1 FROM \(view)")
            #expect(count != "1" && "\(rows.output.split(separator: "\n").count)" == count)
        }
    }

    @Test(
        "rows with ids of units may be read by whom the database may be read, whatever the umask or an earlier file allows",
        arguments: [0o600, 0o640], [nil, 0o600, 0o644] as [UInt32?])
    func mode(_ database: UInt32, _ earlier: UInt32?) throws {
        try tool.define()
        try exposures(["ada"])
        try Files.setPermissions(tool.database, database)
        for table in ["exposures", "results"] {
            let file = tool.folder.file("\(table).csv")
            if let earlier {
                _ = try tool.file("\(table).csv", "")
                try Files.setPermissions(file, earlier)
            }
            try tool.prepare("export", table, "--output", file)
            let mode = try Files.permissions(file)
            #expect(mode == (table == "exposures" ? database & (earlier ?? 0o666) : earlier ?? 0o640))
        }
    }

    @Test("definitions that name testers may be read by whom the database may be read")
    func testers() throws {
        let testers = Tool.definitions.replacing(
            "unit = \"session\"", with: "unit = \"session\"\noverrides = { ada = \"on\" }")
        for (definitions, mode) in [(Tool.definitions, 0o640), (testers, 0o600)] as [(String, UInt32)] {
            let file = tool.folder.file("\(mode).toml")
            try tool.prepare("apply", try tool.file("d.toml", definitions))
            try tool.prepare("export", "definitions", "--output", file)
            #expect(try Files.permissions(file) == mode)
        }
    }
}
