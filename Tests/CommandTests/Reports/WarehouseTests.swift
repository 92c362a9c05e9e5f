import Foundation
import TestSupport
import Testing

@Suite("warehouse")
struct WarehouseTests {
    private let tool = Tool()

    /// A file with the rows of the set whose query DuckDB has answered, and that answer to this file's own query.
    private func answered() throws -> String {
        let fixtures = Checkout.file("Tests/CommandTests/Fixtures/oracle-metrics")
        try tool.prepare("apply", fixtures + "/definitions.toml")
        for log in ["exposures", "outcomes"] {
            _ = try tool.run("import", log, "\(fixtures)/\(log).csv", "--on-error", "skip")
        }
        let answer = try String(contentsOfFile: fixtures + "/duckdb.csv", encoding: .utf8)
        return try tool.file("answer.csv", answer.replacingOccurrences(of: "DIGEST", with: digest()))
    }

    private func digest() throws -> String {
        let query = try tool.run("warehouse", "sql", "--engine", "duckdb", "--part", "query").output
        let first = try #require(query.firstMatch(of: /SELECT 'begin', '([0-9a-f]{16})'/))
        return String(first.1)
    }

    /// The paths where two documents differ: texts and whole numbers at all, others by more than an engine's rounding.
    private func differences(_ one: Any, _ other: Any, at path: String = "") -> [String] {
        switch (one, other) {
        case (let one as [String: Any], let other as [String: Any]):
            guard Set(one.keys) == Set(other.keys) else { return [path] }
            // An engine computes nothing of windows that are open, nor of single units, as the guide says.
            return one.filter { $0.key != "so_far" }.flatMap {
                differences(asked($1), asked(other[$0] ?? NSNull()), at: "\(path).\($0)")
            }
        case (let one as [Any], let other as [Any]):
            guard one.count == other.count else { return [path] }
            return zip(one, other).enumerated()
                .flatMap { differences($1.0, $1.1, at: "\(path)[\($0)]") }
        case (let one as NSNumber, let other as NSNumber):
            let distance = abs(one.doubleValue - other.doubleValue)
            return distance <= 1e-8 * max(1e-3, abs(one.doubleValue)) ? [] : ["\(path): \(one) and \(other)"]
        default: return "\(one)".utf8.elementsEqual("\(other)".utf8) ? [] : ["\(path): \(one) and \(other)"]
        }
    }

    /// A list of problems without those of single units and their ids.
    private func asked(_ value: Any) -> Any {
        guard let list = value as? [[String: Any]] else { return value }
        return list.filter {
            !["placeholder_unit", "dominant_unit", "exposures_lost", "other_spelling"].contains(
                $0["problem"] as? String)
        }
    }

    private func json(_ ending: Tool.Ending) throws -> Any {
        #expect(ending.code == 0, "\(ending.errors)")
        return try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
    }

    @Test("an engine's answer gives the report of the file: every metric, interval, reason and verdict")
    func report() throws {
        let answer = try answered()
        let file = try json(tool.run("report", "--format", "json"))
        let engine = try json(
            tool.run("warehouse", "report", "--engine", "duckdb", "--answer", answer, "--format", "json"))
        #expect(differences(file, engine) == [])
        // A count that is one more somewhere in the answer is seen.
        let text = try String(contentsOfFile: answer, encoding: .utf8)
        let row = #""units","exp_00","treatment","43","43""#
        #expect(text.contains(row))
        let changed = text.replacingOccurrences(of: row, with: #""units","exp_00","treatment","44","44""#)
        let other = try json(
            tool.run(
                "warehouse", "report", "--engine", "duckdb", "--answer", try tool.file("changed.csv", changed),
                "--format", "json"))
        #expect(differences(file, other) != [])
    }

    @Test("outcomes that an engine finds recorded twice in one variant are an alarm, as in a file")
    func doubled() throws {
        let answer = try String(contentsOfFile: answered(), encoding: .utf8)
        let query = try tool.run("warehouse", "sql", "--engine", "duckdb", "--part", "query").output
        let watched = query.matches(of: /'exp_00' AS experiment, CAST\((\d+) AS BIGINT\) AS measure/).map(\.1)
        #expect(!watched.isEmpty && query.contains("SELECT 'doubled'"))
        func problems(_ units: Int) throws -> String {
            let rows = watched.flatMap {
                [
                    #""doubled","exp_00","\#($0)","control","0","0","1000""#,
                    #""doubled","exp_00","\#($0)","treatment","\#(units)","\#(units)","1000""#,
                ]
            }
            let whole = answer.replacing("\"end\"", with: rows.joined(separator: "\n") + "\n\"end\"")
            return try tool.run(
                "warehouse", "report", "exp_00", "--engine", "duckdb", "--answer", tool.file("doubled.csv", whole),
                "--format", "json"
            ).output
        }
        #expect(try problems(500).contains("doubled_outcomes"))
        #expect(try !problems(1).contains("doubled_outcomes"))
    }

    @Test("a client is run on the query, and renders in every format")
    func client() throws {
        let answer = try answered()
        let copy = tool.folder.file("asked.sql")
        let ending = try tool.run(
            "warehouse", "report", "--engine", "duckdb", "--client", "cat > '\(copy)'; cat '\(answer)'",
            "--format", "markdown")
        #expect(ending.code == 0)
        // The table's figures; what is to be looked into, in its first column and its order, includes what no engine computes.
        func table(_ text: String) -> [Substring] {
            text.split(separator: "\n").filter { $0.hasPrefix("|") }.map { $0.drop { $0 != "`" } }.sorted()
        }
        let rows = table(ending.output)
        #expect(try rows.count > 3 && rows == table(tool.run("report", "--format", "markdown").output))
        let query = try tool.run("warehouse", "sql", "--engine", "duckdb", "--part", "query").output
        #expect(try String(contentsOfFile: copy, encoding: .utf8) == query)
    }

    @Test("a client that is missing, fails or answers garbage is an error that says so")
    func badClients() throws {
        let answer = try answered()
        func run(_ client: String) throws -> Tool.Ending {
            try tool.run("warehouse", "report", "--engine", "duckdb", "--client", client)
        }
        for (client, reason) in [
            ("no-such-client", "failed with 127"), ("echo 'no such table' >&2; exit 3", "failed with 3: no such table"),
            ("echo hello", "cannot be read"), ("true", "ends before its last row"),
            ("head -40 '\(answer)'", "ends before its last row"),
            ("sed 's/\"begin\",\"/&0/' '\(answer)'", "is that to others"),
        ] {
            let ending = try run(client)
            #expect(ending.code == 2 && ending.output.isEmpty, "\(client)")
            #expect(ending.errors.contains(reason), "\(client): \(ending.errors)")
        }
    }

    /// A client that has another process, whose number it writes into a file.
    private func lingering(_ name: String) -> (client: String, process: () -> String) {
        let file = tool.folder.file(name)
        let read = { ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").trimmingCharacters(in: .newlines) }
        return ("trap '' TERM; sleep 600 & echo $! >'\(file)'; wait; sleep 600", read)
    }

    private func isGone(_ process: String) throws -> Bool {
        // A zombie that nobody waits for is gone.
        let state = try tool.shell("ps -o stat= -p \(process)").trimmingCharacters(in: .whitespacesAndNewlines)
        return state.isEmpty || state.hasPrefix("Z")
    }

    @Test("a client that takes longer than its limit is ended with all that it began, and the error says so")
    func limit() throws {
        try tool.define()
        let (client, process) = lingering("late")
        let ending = try tool.run("warehouse", "report", "--engine", "duckdb", "--client", client, "--limit", "1")
        #expect(ending.code == 2 && ending.output.isEmpty)
        #expect(ending.errors.contains("duckdb was ended after 1 s (--limit)"), "\(ending.errors)")
        #expect(try !process().isEmpty && isGone(process()))
        // Who ends when asked has the time to do so.
        let file = tool.folder.file("polite")
        let polite = "trap \"echo bye >'\(file)'; exit\" TERM; sleep 600 & wait"
        #expect(
            try tool.run("warehouse", "report", "--engine", "duckdb", "--client", polite, "--limit", "1").code == 2)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "bye\n")
    }

    @Test("a client ends with the command, also where that is killed")
    func killed() async throws {
        try tool.define()
        let (client, process) = lingering("left")
        let running = try tool.start("warehouse", "report", "--engine", "duckdb", "--client", client)
        #expect(try await comesTrue { !process().isEmpty })
        #expect(try !isGone(process()))
        running.kill()
        _ = try running.wait()
        #expect(try await comesTrue { try isGone(process()) })
    }

    @Test("a plan that was changed after other servers' rows is a changed plan; what was first said after them is none")
    func changedPlan() throws {
        let fixtures = Checkout.file("Tests/CommandTests/Fixtures/oracle-metrics")
        let definitions = try String(contentsOfFile: fixtures + "/definitions.toml", encoding: .utf8)
        func changes() throws -> String {
            let answer = try String(contentsOfFile: fixtures + "/duckdb.csv", encoding: .utf8)
            let file = try tool.file("answer.csv", answer.replacingOccurrences(of: "DIGEST", with: digest()))
            let report = try tool.run(
                "warehouse", "report", "exp_00", "--engine", "duckdb", "--answer", file, "--format", "json")
            #expect(report.code == 0, "\(report.errors)")
            return report.output.contains("\"changed_at\"") ? "changed" : "as it was"
        }
        // The rows are of 2025, and the file has none of them.
        try tool.prepare("apply", fixtures + "/definitions.toml")
        #expect(try changes() == "as it was")
        let line = try #require(definitions.split(separator: "\n").first { $0.hasPrefix("goals = ") })
        let other = definitions.replacing(line, with: "plan = { days = 3 }\n\(line)", maxReplacements: 1)
        try tool.prepare("apply", try tool.file("other.toml", other))
        #expect(try changes() == "changed")
    }

    @Test("rows of a clock that was wrong raise the alarms of the file's report")
    func oddTimes() throws {
        let answer = try answered()
        let report = ["warehouse", "report", "exp_00", "--engine", "duckdb", "--format", "json", "--answer"]
        let text = try String(contentsOfFile: answer, encoding: .utf8)
        let row = try #require(text.firstMatch(of: /"exposures","exp_00",[^\n]*,"0","0"\n/)).output
        for (early, ahead, alarm) in [("7", "0", "times_in_1970"), ("0", "7", "times_ahead")] {
            #expect(try !tool.run(report + [answer]).output.contains(alarm))
            let changed = String(row.dropLast(#""0","0"\#n"#.count)) + "\"\(early)\",\"\(ahead)\"\n"
            let file = try tool.file("odd.csv", text.replacing(row, with: changed))
            #expect(try tool.run(report + [file]).output.contains(alarm))
        }
    }

    @Test("an answer to other definitions or options is refused")
    func otherDefinitions() throws {
        let answer = try answered()
        let report = ["warehouse", "report", "--engine", "duckdb", "--answer", answer]
        let asOf = try tool.run(report + ["--as-of", "2025-10-18T15:06:40Z"])
        #expect(asOf.code == 2 && asOf.errors.contains("is that to others"))
        let definition = "[[metrics]]\nname = \"signup\"\nkind = \"bool\"\nwindow_us = 1000\n"
        try tool.prepare("apply", try tool.file("more.toml", definition))
        let ending = try tool.run(report)
        #expect(ending.code == 2 && ending.errors.contains("is that to others"))
    }

    @Test("what no engine computes is refused by its name")
    func refused() throws {
        try tool.define()
        let sql = ["warehouse", "sql", "--engine", "clickhouse"]
        #expect(try tool.run(sql).code == 0)
        let zone = try tool.run(sql + ["--timezone", "Europe/Berlin"])
        #expect(zone.code == 2 && zone.errors.contains("timezone"))
        let definitions = Tool.definitions.replacing("goals =", with: "identity = \"first\"\ngoals =")
        try tool.prepare("apply", try tool.file("d.toml", definitions))
        let identity = try tool.run(sql)
        #expect(identity.code == 2 && identity.errors.contains("identity") && identity.errors.contains("button"))
        // Nobody asked about another experiment.
        #expect(try tool.run(sql + ["banner"]).code == 0)
    }

    @Test("names in the statements are literals, whatever they hold")
    func literals() throws {
        let definitions = """
            [[experiments]]
            id = "it's \\\\ 'quoted'"
            variants = [{ id = "a", is_control = true }, { id = "b" }]

            """
        try tool.prepare("apply", try tool.file("d.toml", definitions))
        for (engine, literal) in [
            ("duckdb", #"'it''s \ ''quoted'''"#), ("postgresql", #"'it''s \ ''quoted'''"#),
            ("clickhouse", #"'it\'s \\ \'quoted\''"#), ("spark", #"'it\'s \\ \'quoted\''"#),
        ] {
            let sql = try tool.run("warehouse", "sql", "--engine", engine)
            #expect(sql.code == 0 && sql.output.contains(literal), "\(engine)")
        }
    }
}
