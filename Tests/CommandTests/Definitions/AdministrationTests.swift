import Foundation
import TestSupport
import Testing

@Suite("Administration by command")
struct AdministrationTests {
    @Test("apply creates the database, says what it did, and changes nothing when run again")
    func apply() throws {
        let tool = Tool()
        let file = try tool.file(
            "definitions.toml",
            Tool.definitions + "[[metrics]]\nname = \"purchase\"\nkind = \"bool\"\nwindow = \"14d\"\n")
        let first = try tool.run("apply", file)
        #expect(first.code == 0)
        #expect(
            first.output
                == "metric purchase (bool): new\nexperiment button: new, running\nexperiment banner: new, draft\n")
        #expect(try tool.sqlite("SELECT window_us FROM metric_definition") == "1209600000000")
        let second = try tool.run("apply", file)
        #expect(second.code == 0)
        #expect(second.output.split(separator: "\n").allSatisfy { $0.hasSuffix(": unchanged") })
    }

    @Test("what is true already is applied, and a change planned, while somebody else writes")
    func lockless() async throws {
        let tool = Tool()
        let file = try tool.file("definitions.toml", Tool.definitions)
        #expect(try tool.run("apply", file).code == 0)
        let changed = try tool.file("changed.toml", Tool.definitions.replacing("draft", with: "running"))
        // The shell keeps the lock until its input ends.
        let waiting = tool.folder.file("waiting")
        let command = Tool.executable
        let output = try tool.shell(
            """
            mkfifo '\(waiting)'; sqlite3 '\(tool.database)' < '\(waiting)' & exec 3> '\(waiting)'
            echo 'BEGIN IMMEDIATE; SELECT 1;' >&3; sleep 0.5
            \(command) apply '\(file)' -d '\(tool.database)'; \(command) apply '\(changed)' --dry-run -d '\(tool.database)'
            exec 3>&-; wait
            """)
        #expect(
            output == """
                1
                experiment button: unchanged
                experiment banner: unchanged
                experiment button: unchanged
                experiment banner: changed: started

                """)
    }

    @Test("what schedules have brought about is written down, though the definitions are true already")
    func unsettled() throws {
        let tool = Tool()
        let variants = "variants = [{ id = \"off\", is_control = true }, { id = \"on\" }]\n"
        func apply(_ status: String) throws -> String {
            let text = "[[experiments]]\nid = \"button\"\n\(status)\(variants)"
            return try tool.run("apply", try tool.file("definitions.toml", text)).output
        }
        _ = try apply("status = \"draft\"\n")
        let sql = "UPDATE experiment_definition SET status = 'running', started_at_us = 1"
        #expect(try tool.shell("sqlite3 '\(tool.database)' \"\(sql)\"") == "")
        #expect(try tool.sqlite("SELECT count(started_at_us) FROM phase_definition") == "0")
        #expect(try apply("") == "experiment button: unchanged\n")
        #expect(try tool.sqlite("SELECT count(started_at_us) FROM phase_definition") == "1")
    }

    @Test("list and show print text for people and JSON for programs")
    func listAndShow() throws {
        let tool = Tool()
        try tool.define()
        let list = try tool.run("list").output.split(separator: "\n")
        #expect(list.count == 3)
        #expect(list[1].hasPrefix("button      running  user         1  "))
        #expect(list[1].hasSuffix("control 50, treatment 50"))
        let show = try tool.run("show", "button").output
        for line in [
            "status      running", "goals       purchase", "guardrails  latency_ms (margin 2 %)", "exposures   0",
        ] {
            #expect(show.contains("  \(line)\n"))
        }
        #expect(show.contains("control        50   50 %  control\n"))
        let summary = try JSONDecoder().decode(
            Summary.self, from: Data(tool.run("show", "banner", "--format", "json").output.utf8))
        #expect(summary.unit == "session")
        #expect(summary.variants.map(\.variantID) == ["off", "on"])
        #expect(summary.outcomes == 0)
        let all = try JSONDecoder().decode([Summary].self, from: Data(tool.run("list", "--format", "json").output.utf8))
        #expect(all.map(\.experiment) == ["button", "banner"])
    }

    private struct Summary: Decodable {
        struct Variant: Decodable {
            let variantID: String

            enum CodingKeys: String, CodingKey { case variantID = "variant_id" }
        }

        let experiment: String
        let unit: String
        let variants: [Variant]
        let outcomes: Int?
    }

    @Test("start, stop and the winner change what assign answers")
    func life() throws {
        let tool = Tool()
        try tool.define()
        let draft = try tool.run("assign", "banner", "--session", "s1")
        #expect(draft.code == 0)
        #expect(draft.output == "off\n")
        #expect(draft.errors.contains("draft"))
        #expect(try tool.run("start", "banner").code == 0)
        #expect(try tool.run("start", "banner").errors.contains("already running"))
        #expect(try tool.run("assign", "banner", "--session", "s1").errors == "")
        #expect(try tool.run("assign", "banner", "--user", "u1").errors.contains("--session"))
        let stop = try tool.run("stop", "banner", "--winner", "on")
        #expect(stop.code == 0)
        #expect(stop.errors.contains("'on'"))
        for session in ["s1", "s2", "s3"] {
            #expect(try tool.run("assign", "banner", "--session", session).output == "on\n")
        }
        #expect(try tool.run("show", "banner").output.contains("winner     on\n"))
    }

    @Test("assign answers as the hash does, in text and JSON")
    func assign() throws {
        let tool = Tool()
        try tool.define()
        let answers = try ["u1", "u2", "u3", "u4", "u5", "u6"].map {
            try tool.run("assign", "button", "--user", $0).output
        }
        #expect(Set(answers) == ["control\n", "treatment\n"])
        let json = try tool.run("assign", "button", "--user", "u1", "--format", "json").output
        #expect(json.contains("\"enrollment\": \"enrolled\""))
        #expect(json.contains("\"variant_id\": \"\(answers[0].dropLast())\""))
        #expect(try tool.sqlite("SELECT count(*) FROM exposure_log") == "0")
    }

    @Test("backup writes a whole copy, and keeps a file that is already there")
    func backup() throws {
        let tool = Tool()
        try tool.define()
        let copy = tool.folder.file("copy.db")
        #expect(try tool.run("backup", copy).code == 0)
        #expect(try tool.bare(["list", "--database", copy]).output == tool.run("list").output)
        let again = try tool.run("backup", copy)
        #expect(again.code == 2)
        #expect(again.errors.contains("replaces no file"))
    }

    @Test("a copy may be read by whom the database may be read", arguments: [0o600, 0o640, 0o664])
    func backupMode(_ mode: UInt32) throws {
        let tool = Tool()
        try tool.define()
        try Files.setPermissions(tool.database, mode)
        let copy = tool.folder.file("copy.db")
        #expect(try tool.run("backup", copy).code == 0)
        #expect(try Files.permissions(copy) == mode)
    }
}
