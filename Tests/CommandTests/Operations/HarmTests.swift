import Foundation
import TestSupport
import Testing

@Suite("What the tool must not do to a file, nor a file to the tool")
struct HarmTests {
    private let tool = Tool()

    init() throws {
        try tool.define()
        let rows = (0..<40).map { "button,\($0 % 2 == 0 ? "control" : "treatment"),user\($0),1767225600000000" }
        try tool.prepare(
            "import", "exposures",
            try tool.file("e.csv", "experiment,variant_id,user_id,timestamp_us\n" + rows.joined(separator: "\n") + "\n")
        )
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    @Test("a report replaces neither the database nor what lies beside it, whatever the path says")
    func outputIsDatabase() throws {
        let before = try bytes(tool.database)
        _ = try tool.shell("ln -s shop.db '\(tool.folder.file("link.db"))'; touch '\(tool.database)-owner'")
        let paths = [tool.database, tool.folder.path + "/./shop.db", tool.database + "-owner"]
        for path in paths {
            let ending = try tool.run("report", "--output", path)
            #expect(ending.code == 2)
            #expect(ending.errors.contains("is the database itself, or its log"))
        }
        #expect(try bytes(tool.database) == before)
        // A link at the path is replaced, and what it leads to stays.
        #expect(try tool.run("report", "--output", tool.folder.file("link.db")).code == 0)
        #expect(try bytes(tool.database) == before)
    }

    @Test("a device or a pipe is written to, not replaced by a file")
    func outputIsNoFile() throws {
        let (pipe, copy) = (tool.folder.file("pipe"), tool.folder.file("copy.txt"))
        let line =
            "mkfifo '\(pipe)'; cat '\(pipe)' > '\(copy)' & "
            + "'\(Tool.executable)' report --output '\(pipe)' --database '\(tool.database)'; wait; stat -c %F '\(pipe)'"
        #expect(try tool.shell(line) == "fifo\n")
        #expect(String(decoding: try bytes(copy), as: UTF8.self) == (try tool.run("report").output))
        #expect(try tool.run("report", "--output", "/dev/stdout").output == tool.run("report").output)
        #expect(try tool.run("report", "--output", "/dev/null").code == 0)
        #expect(try tool.shell("stat -c %F /dev/null") == "character special file\n")
        #expect(try tool.run("report", "--output", tool.folder.path).errors.contains("is a folder"))
    }

    @Test("what a killed report or backup left stands in nobody's way, and is taken away")
    func leftovers() throws {
        let (report, copy) = (tool.folder.file("r.html"), tool.folder.file("copy.db"))
        _ = try tool.shell("touch '\(report).writing-1' '\(copy).copying-1'")
        #expect(try tool.run("report", "--output", report).code == 0)
        #expect(try tool.run("backup", copy).code == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: tool.folder.path)
        #expect(!names.contains { $0.contains(".writing-") || $0.contains(".copying-") })
        #expect(names.contains("r.html") && names.contains("copy.db"))
    }

    @Test("what another process writes at this moment is left to it")
    func isBeingWritten() throws {
        let report = tool.folder.file("r.html")
        let line =
            "touch '\(report).writing-1'; flock '\(report).writing-1' "
            + "'\(Tool.executable)' report --output '\(report)' --database '\(tool.database)'; ls '\(report).writing-1'"
        #expect(try tool.shell(line) == "\(report).writing-1\n")
    }

    @Test("no night is stored of a file with damaged pages")
    func damagedNight() throws {
        let demo = try PreparedDatabase.demo.get().database.copy()
        let pages = try demo.sqlite(
            "SELECT pageno FROM dbstat WHERE name = 'exposure_log' AND pagetype = 'leaf' ORDER BY pageno LIMIT 2"
        ).split(separator: "\n").compactMap { Int($0) }
        var data = try bytes(demo.database)
        let (first, second) = ((pages[0] - 1) * 4_096, (pages[1] - 1) * 4_096)
        let page = data[first..<first + 4_096]
        data.replaceSubrange(first..<first + 4_096, with: data[second..<second + 4_096])
        data.replaceSubrange(second..<second + 4_096, with: page)
        try data.write(to: URL(filePath: demo.database))
        let nights = try demo.sqlite("SELECT count(*) FROM night")
        let ending = try demo.run("nightly", "--output", demo.folder.file("r.html"))
        #expect(ending.code == 2)
        #expect(ending.errors.contains("the file is damaged, so no night was stored"))
        #expect(try demo.sqlite("SELECT count(*) FROM night") == nights)
        #expect(try demo.run("verify").code == 2)
    }

    @Test("every page is looked at before a night is stored or added to, and not for the report of one that is stored")
    func storedNight() throws {
        let demo = try PreparedDatabase.demo.get().database.copy()
        let report = ["nightly", "--date", "2026-01-20", "--output", demo.folder.file("r.html")]
        #expect(try demo.run(report).code == 0)
        // Nobody is erased, so nothing but such a look comes upon the page.
        let page = try #require(
            Int(try demo.sqlite("SELECT rootpage FROM sqlite_schema WHERE name = 'erased_unit' AND type = 'table'")))
        var data = try bytes(demo.database)
        data.replaceSubrange((page - 1) * 4_096..<page * 4_096, with: Data(count: 4_096))
        try data.write(to: URL(filePath: demo.database))
        let ending = try demo.run(report)
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(try demo.run(report + ["--complete"]).errors.contains("the file is damaged, so no night was stored"))
        #expect(try demo.run("nightly", "--date", "2026-01-21").errors.contains("the file is damaged"))
    }

    @Test("attributes whose names differ only in the encoding of a letter are refused by line, none is lost")
    func equivalentNames() throws {
        let line = #"{"experiment":"button","variant_id":"control","user_id":"u","timestamp_us":1,"attributes":"#
        let both = line + #"{"\u00e9":"one","e\u0301":"two"}}"# + "\n"
        let ending = try tool.run("import", "exposures", try tool.file("a.ndjson", both))
        #expect(ending.code == 2)
        #expect(ending.errors.contains("line 1") && ending.errors.contains("differ only in how a letter is encoded"))
        let cell = "button,control,u,1,\"{\"\"\u{e9}\"\":\"\"a\"\",\"\"e\u{301}\"\":\"\"b\"\"}\"\n"
        let csv = try tool.file("a.csv", "experiment,variant_id,user_id,timestamp_us,attributes\n" + cell)
        #expect(try tool.run("import", "exposures", csv).code == 2)
    }

    @Test("a line that is too long to be a record is refused by its number, and the lines after it are imported")
    func longLine() throws {
        let long = String(repeating: "x", count: 3 << 20)
        let object = #"{"experiment":"button","variant_id":"control","user_id":"ID","timestamp_us":1}"#
        let cell = "button,control,ID,1"
        let files = [
            ("a.ndjson", [object, #"{"experiment":""# + long + "\"}", object], "", "n"),
            ("a.csv", [cell, "\(long),control,u,1", cell], "experiment,variant_id,user_id,timestamp_us\n", "c"),
            // A cut line would end in what looks like a record of its own.
            ("b.csv", [cell, "\(long),\(cell)", cell], "experiment,variant_id,user_id,timestamp_us\n", "b"),
            ("c.csv", [cell, "\"\(long)\(cell)", cell], "experiment,variant_id,user_id,timestamp_us\n", "q"),
        ]
        for (name, lines, header, prefix) in files {
            let text = header + lines.enumerated().map { $1.replacing("ID", with: "\(prefix)\($0)") + "\n" }.joined()
            let ending = try tool.run("import", "exposures", try tool.file(name, text), "--on-error", "skip")
            #expect(ending.code == 3)
            #expect(ending.errors.contains("line \(header.isEmpty ? 2 : 3): "), "\(ending.errors.suffix(300))")
            let users = "SELECT group_concat(user_id) FROM exposures WHERE user_id GLOB '\(prefix)[0-9]'"
            #expect(try tool.sqlite(users) == "\(prefix)0,\(prefix)2")
        }
        let header = try tool.run("import", "exposures", try tool.file("d.csv", long + "\n"))
        #expect(header.code == 2 && header.errors.contains("line 1: the header must be at most 1 MiB"))
    }

    @Test(
        "a view under the name of a table, which may run for ever, is refused before it is read",
        .timeLimit(.minutes(1)))
    func hostileViews() throws {
        let endless = "WITH RECURSIVE r (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT x FROM r"
        for name in ["schema_migration", "experiment_definition", "definition_version"] {
            let hostile = tool.folder.file("\(name).db")
            let sql =
                "PRAGMA application_id = 1163415635; PRAGMA user_version = 11; "
                + "CREATE VIEW \(name) AS SELECT x AS version, x AS checksum FROM (\(endless))"
            #expect(try tool.shell("sqlite3 '\(hostile)' '\(sql)'") == "")
            for command in ["list", "report", "verify"] {
                let ending = try tool.bare([command, "--database", hostile])
                #expect(ending.code == 2)
                #expect(ending.errors.contains("\(name) is a view, not a table"))
            }
        }
    }

    @Test("a trigger of somebody else's is never run: what writes refuses the file, what reads does not")
    func foreignTrigger() throws {
        let sql = "CREATE TRIGGER mine AFTER UPDATE ON experiment_definition BEGIN DELETE FROM metric_role; END"
        #expect(try tool.shell("sqlite3 '\(tool.database)' '\(sql)'") == "")
        let ending = try tool.run("stop", "button")
        #expect(ending.code == 2)
        #expect(ending.errors.contains("has a trigger that is not of this library"))
        #expect(try tool.run("list").code == 0)
        #expect(try tool.sqlite("SELECT count(*) FROM metric_role") == "2")
    }

    @Test("a log of another user's beside the database is not read into it")
    func foreignLog() throws {
        guard Files.canBeGiven else { return }
        _ = try tool.shell("printf 'anything' > '\(tool.database)-wal'; chown 12345 '\(tool.database)-wal'")
        for command in [["list"], ["stop", "button"]] {
            let ending = try tool.bare(command + ["--database", tool.database])
            #expect(ending.code == 2)
            #expect(ending.errors.contains("the -wal beside the database belongs to another user"))
        }
        _ = try tool.shell("rm '\(tool.database)-wal'")
        #expect(try tool.run("list").code == 0)
    }

    @Test("a database with a log on a disk that cannot be written is refused in words that say so")
    func readOnlyDisk() throws {
        // Only root may mount, and not in every container.
        guard try Program.run("unshare", ["-m", "true"]).code == 0 else { return }
        _ = try tool.shell("rm -f '\(tool.database)-shm'; touch '\(tool.database)-wal'")
        let folder = tool.folder.path
        let list =
            "mount --bind '\(folder)' '\(folder)' && mount -o remount,ro,bind '\(folder)' && "
            + "'\(Tool.executable)' list --database '\(tool.database)'"
        let ending = try Program.run("unshare", ["-m", "sh", "-c", list])
        #expect(ending.code == 2)
        #expect(ending.errors.contains("none can be made in this folder"))
    }

    @Test("verify notes a file that every user may change")
    func open() throws {
        try Files.setPermissions(tool.database, 0o666)
        let ending = try tool.run("verify")
        #expect(ending.code == 0)
        #expect(ending.output.contains("note    access       every user of this machine may change the file"))
    }
}
