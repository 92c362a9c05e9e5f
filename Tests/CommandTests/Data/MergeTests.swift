import Foundation
import TestSupport
import Testing

@Suite("merge")
struct MergeTests {
    private let merged = Tool()

    /// A server's file with the definitions of an oracle's set, and some lines of its logs.
    private func server(_ set: String, _ lines: (_ log: String) -> [String]) throws -> Tool {
        let tool = Tool()
        try tool.prepare("apply", Checkout.file("Tests/CommandTests/Fixtures/\(set)/definitions.toml"))
        for log in ["exposures", "outcomes"] {
            let rows = lines(log)
            guard rows.count > 1 else { continue }
            let file = try tool.file("\(log).csv", rows.joined(separator: "\n") + "\n")
            _ = try tool.run("import", log, file, "--on-error", "skip")
        }
        return tool
    }

    private static func lines(_ set: String, _ log: String) throws -> [String] {
        let file = Checkout.file("Tests/CommandTests/Fixtures/\(set)/\(log).csv")
        return Self.records(try Data(contentsOf: URL(filePath: file)))
    }

    /// The records of a CSV file, in whose cells lines may end, too.
    private static func records(_ data: Data) -> [String] {
        var isQuoted = false
        let records = data.split { byte in
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            return byte == UInt8(ascii: "\n") && !isQuoted
        }
        return records.map { String(decoding: $0, as: UTF8.self) }
    }

    /// A report without how far the logs go, which is by numbers of rows.
    private func report(_ tool: Tool) throws -> String {
        let ending = try tool.run("report", "--format", "json")
        #expect(ending.code == 0)
        return ending.output.replacing(/"through": *\{[^}]*\}/, with: "")
    }

    private func fileID(_ tool: Tool) throws -> String { try tool.sqlite("SELECT file_id FROM file_identity") }

    @Test(
        "random parts merged in random orders, and again, make the report of all rows in one file",
        arguments: ["oracle", "oracle-metrics"], [1, 2] as [UInt64])
    func order(set: String, seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var parts: [String: [[String]]] = [:]
        for log in ["exposures", "outcomes"] {
            let lines = try Self.lines(set, log)
            parts[log] = Array(repeating: [lines[0]], count: 4)
            for line in lines.dropFirst() { parts[log]?[random.below(4)].append(line) }
        }
        let servers = try (0..<4).map { part in try server(set) { parts[$0]?[part] ?? [] } }
        var files = servers.map(\.database)
        files.shuffle(using: &random)
        try merged.prepare(["merge", files[0], files[1]])
        try merged.prepare(["merge", files[3], files[2]])
        let first = try report(merged)
        files.shuffle(using: &random)
        let again = try merged.run(["merge"] + files)
        #expect(again.errors == "Merged 0 exposures, 0 outcomes and 0 links.\n")
        #expect(try report(merged) == first)
        let once = Tool()
        try once.prepare(["merge"] + files)
        #expect(try report(once) == first)
        if set == "oracle" { #expect(try once.run("verify").code == 0) }

        // A single file, into which the rows come in the order that a merge promises: by file and number.
        let union = try server(set) { _ in [] }
        let order = try servers.sorted { try fileID($0) < fileID($1) }.map(\.database)
        for log in ["exposures", "outcomes"] {
            let text = try order.map {
                try merged.bare(["export", log, "--format", "ndjson", "--database", $0]).output
            }.joined()
            try union.prepare(["import", log, try union.file("\(log).ndjson", text)])
        }
        #expect(try report(union) == first)
    }

    @Test("parts that follow one another give the oracle's answers", arguments: ["oracle", "oracle-metrics"])
    func oracle(set: String) throws {
        let servers = try (0..<3).map { _ in try server(set) { _ in [] } }
        // A file has its id from its first row on; who was never seen is in no result.
        for server in servers {
            try server.prepare(
                "import", "links",
                try server.file("l.csv", "session_id,user_id,timestamp\nnobody,nobody,2020-01-01T00:00:00Z\n"))
        }
        let ordered = try servers.sorted { try fileID($0) < fileID($1) }
        for log in ["exposures", "outcomes"] {
            let lines = try Self.lines(set, log)
            let rows = Array(lines.dropFirst())
            for (part, server) in ordered.enumerated() {
                let own = rows[(rows.count * part / 3)..<(rows.count * (part + 1) / 3)]
                let text = ([lines[0]] + own).joined(separator: "\n") + "\n"
                _ = try server.run("import", log, try server.file("\(log).csv", text), "--on-error", "skip")
            }
        }
        try merged.prepare(["merge"] + servers.map(\.database).reversed())
        try OracleTests().compare(merged, with: set)
    }

    // MARK: Small files

    private func shop(_ exposures: String = "", _ outcomes: String = "", definitions: String = "") throws -> Tool {
        let tool = Tool()
        if definitions.isEmpty {
            try tool.define()
        } else {
            try tool.prepare("apply", try tool.file("d.toml", definitions))
        }
        try add(exposures, outcomes, to: tool)
        return tool
    }

    private func add(_ exposures: String, _ outcomes: String = "", to tool: Tool) throws {
        if !exposures.isEmpty {
            let header = "experiment,variant_id,user_id,session_id,timestamp,id\n"
            try tool.prepare("import", "exposures", try tool.file("e.csv", header + exposures))
        }
        if !outcomes.isEmpty {
            let header = "experiment,metric,kind,value,user_id,timestamp,id\n"
            try tool.prepare("import", "outcomes", try tool.file("o.csv", header + outcomes))
        }
    }

    @Test("files that define different things are named with what differs, and nothing is made")
    func conflicts() throws {
        let first = try shop("button,control,ada,,2026-01-05T10:00:00Z,\n")
        let other = Tool.definitions.replacing("weight = 50, is", with: "weight = 25, is")
            .replacing("margin = 0.02", with: "margin = 0.05")
        let second = try shop(definitions: other)
        let ending = try merged.run("merge", first.database, second.database)
        #expect(ending.code == 2)
        #expect(ending.errors.contains("experiment button: margin 1 is"))
        #expect(ending.errors.contains("experiment button, phase 1: weight 1 is"))
        #expect(ending.errors.contains(first.database) && ending.errors.contains(second.database))
        #expect(!FileManager.default.fileExists(atPath: merged.database))
        // A phase that only one of them has opened is one of the differences.
        let third = try shop()
        try third.prepare("new-phase", "button")
        let phases = try merged.run("merge", first.database, third.database)
        #expect(phases.code == 2 && phases.errors.contains("experiment button, phase 2: variant 1 is"))
        #expect(phases.errors.contains("nothing in \(first.database)"))
    }

    @Test("of rows with the same id that of the first file stays, whatever is merged first", arguments: [false, true])
    func sameID(isReversed: Bool) throws {
        let servers = try (5...7).map { day in
            try shop(
                "button,control,ada,,2026-01-0\(day)T10:00:00Z,e1\n",
                "button,purchase,bool,1,u\(day),2026-01-0\(day)T10:00:00Z,o1\n")
        }
        let first = try #require(try servers.indices.min { try fileID(servers[$0]) < fileID(servers[$1]) })
        let files = servers.map(\.database)
        for file in isReversed ? files.reversed() : files { try merged.prepare(["merge", file]) }
        #expect(
            try merged.sqlite("SELECT group_concat(timestamp) FROM exposures")
                == "2026-01-0\(first + 5)T10:00:00.000000Z")
        #expect(try merged.sqlite("SELECT group_concat(user_id) FROM outcomes") == "u\(first + 5)")
        #expect(try merged.run("verify").code == 0)
    }

    @Test("who was erased from one file is in none of the merged rows, also where the erasure comes later")
    func erased() throws {
        let rows = "button,control,ada,,2026-01-05T10:00:00Z,\nbutton,treatment,bob,,2026-01-05T10:00:00Z,\n"
        let (first, second) = (try shop(rows), try shop(rows))
        try merged.prepare(["merge", first.database, second.database])
        #expect(try merged.sqlite("SELECT group_concat(user_id) FROM exposures") == "ada,bob,ada,bob")
        try first.prepare("erase", "--user", "ada")
        let ending = try merged.run("merge", first.database, second.database)
        #expect(ending.code == 0 && ending.errors.contains("left out: 0; removed: 2."))
        #expect(try merged.sqlite("SELECT group_concat(user_id) FROM exposures") == "bob,bob")
        try add("button,control,ada,,2026-01-06T10:00:00Z,\nbutton,control,cid,,2026-01-06T10:00:00Z,\n", to: second)
        let later = try merged.run("merge", second.database)
        #expect(later.code == 0 && later.errors.contains("left out: 1; removed: 0."))
        #expect(try merged.sqlite("SELECT group_concat(DISTINCT user_id) FROM exposures") == "bob,cid")
        #expect(try merged.run("verify").code == 0)
    }

    @Test("a row keeps its id in the merged file, also by way of another merged file")
    func ids() throws {
        let servers = try ["ada", "bob", "cid"].map { try shop("button,control,\($0),s1,2026-01-05T10:00:00Z,\n") }
        let middle = Tool()
        try middle.prepare(["merge", servers[0].database, servers[1].database])
        try merged.prepare(["merge", middle.database, servers[2].database])
        func rows(_ tool: Tool) throws -> Set<String> {
            let output = try tool.run("export", "exposures").output
            return Set(output.split(separator: "\n").map(String.init))
        }
        #expect(try rows(merged).count == 3)
        #expect(try rows(merged) == servers.reduce(into: []) { try $0.formUnion(rows($1)) })
        // Rows that are new since an export have the later numbers of any source.
        let cursor = merged.folder.file("cursor")
        try merged.prepare("export", "exposures", "--cursor", cursor, "--output", merged.folder.file("a.csv"))
        try add("button,control,dan,,2026-01-06T10:00:00Z,\n", to: servers[1])
        try merged.prepare(["merge", servers[1].database])
        let new = merged.folder.file("b.csv")
        try merged.prepare("export", "exposures", "--cursor", cursor, "--output", new)
        let lines = try String(contentsOf: URL(filePath: new), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2 && lines[1].contains(",dan,"))
    }

    @Test("the headline of a merged file says no row's number, which is of no order there")
    func headline() throws {
        let server = try shop("button,control,ada,,2026-01-05T10:00:00Z,\n")
        try merged.prepare(["merge", server.database])
        #expect(try server.run("report", "--format", "text").output.contains("Data until row 1 of the exposures"))
        let output = try merged.run("report", "--format", "text").output
        #expect(output.contains("Data of several files until their last merge") && !output.contains("until row"))
    }

    @Test("nobody records into a merged file, and a file with rows of its own takes no others")
    func recording() throws {
        let server = try shop("button,control,ada,,2026-01-05T10:00:00Z,\n")
        try merged.prepare(["merge", server.database])
        let rows = try merged.file(
            "e.csv", "experiment,variant_id,user_id,timestamp\nbutton,control,bob,2026-01-05T10:00:00Z\n")
        let ending = try merged.run("import", "exposures", rows)
        #expect(ending.code == 2 && ending.errors.contains("merged from others"))
        let own = try shop("button,control,cid,,2026-01-05T10:00:00Z,\n")
        let refused = try own.run("merge", server.database)
        #expect(refused.code == 2 && refused.errors.contains("rows of its own"))
        let itself = try merged.run("merge", merged.database)
        #expect(itself.code == 2 && itself.errors.contains("into itself"))
    }

    @Test("a file that was put back from a backup after it was merged is named, since numbers came again")
    func restored() throws {
        let server = try shop("button,control,ada,,2026-01-05T10:00:00Z,\n")
        let copy = server.folder.file("copy.db")
        try server.prepare("backup", copy)
        try add("button,control,bob,,2026-01-06T10:00:00Z,\n", to: server)
        try merged.prepare(["merge", server.database])
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: server.database + suffix) }
        try FileManager.default.copyItem(atPath: copy, toPath: server.database)
        try add("button,control,cid,,2026-01-07T10:00:00Z,\n", to: server)
        let ending = try merged.run("merge", server.database)
        #expect(ending.code == 2 && ending.errors.contains("put back from a backup"))
        #expect(try merged.sqlite("SELECT group_concat(user_id) FROM exposures") == "ada,bob")
    }

    @Test("a file whose last row was erased is merged and exported further, not taken for a backup that was put back")
    func lastRowErased() throws {
        let server = try shop(
            "button,control,ada,,2026-01-05T10:00:00Z,\nbutton,control,bob,,2026-01-05T10:00:00Z,\n")
        let cursor = server.folder.file("cursor")
        func export(_ name: String) throws -> String {
            let file = server.folder.file(name)
            try server.prepare("export", "exposures", "--cursor", cursor, "--output", file)
            return try String(contentsOf: URL(filePath: file), encoding: .utf8)
        }
        #expect(try export("a.csv").contains(",bob,"))
        try merged.prepare(["merge", server.database])
        try server.prepare("erase", "--user", "bob")
        try add("button,control,cid,,2026-01-06T10:00:00Z,\n", to: server)
        let rows = try export("b.csv")
        #expect(rows.contains(",cid,") && !rows.contains(",ada,"))
        try merged.prepare(["merge", server.database])
        #expect(try merged.sqlite("SELECT group_concat(user_id) FROM exposures") == "ada,cid")
    }

    @Test("the file from before a backup was put back is named, where the one put back was merged first")
    func original() throws {
        let server = try shop(
            ["ada", "bob", "dan"].map { "button,control,\($0),,2026-01-05T10:00:00Z,\n" }.joined())
        let restored = Tool()
        try server.prepare("backup", restored.database)
        // As if the backup had been made between the rows of one writer.
        let sql =
            "INSERT INTO removal (cause, began_at_us) VALUES ('erasure', 1); "
            + "DELETE FROM exposure_log WHERE exposure_id > 1; DELETE FROM removal;"
        #expect(try restored.shell("sqlite3 '\(restored.database)' \"\(sql)\"") == "")
        let early = restored.folder.file("early.db")
        try restored.prepare("backup", early)
        try add("button,control,cid,,2026-01-07T10:00:00Z,\n", to: restored)
        try merged.prepare(["merge", restored.database])
        let ending = try merged.run("merge", server.database)
        #expect(ending.code == 2 && ending.errors.contains("from before a backup was put back"))
        #expect(try merged.sqlite("SELECT group_concat(user_id) FROM exposures") == "ada,cid")
        // An earlier state of what was merged has nothing else.
        try merged.prepare(["merge", early])
    }
}
