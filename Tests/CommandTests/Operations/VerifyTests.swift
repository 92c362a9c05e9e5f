import Experimentation
import Foundation
import TestSupport
import Testing

@Suite("verify")
struct VerifyTests {
    /// A database with a few rows that the server of this file could have recorded.
    private static let shop = Result {
        try PreparedDatabase { tool in
            try tool.define()
            try tool.prepare("start", "banner")
            let server = try HashExperimentPlugin([Shop.button()])
            var exposures = "experiment,variant_id,user_id,session_id,timestamp,id,attributes\n"
            var outcomes = "experiment,metric,kind,value,user_id,timestamp\n"
            for number in 1...20 {
                let user = "u\(number)"
                let variant = try server.assign("button", for: ExperimentContext(userID: user)).variantID
                exposures +=
                    "button,\(variant),\(user),,2026-01-02T00:00:00Z,e\(number),\"{\"\"country\"\": \"\"DE\"\"}\"\n"
                outcomes += "button,purchase,bool,\(number % 2 == 0),\(user),2026-01-0\(number % 3 + 1)T00:00:00Z\n"
                outcomes += ",revenue,numeric,\(Double(number) / 3),\(user),2026-01-03T00:00:00Z\n"
            }
            try tool.prepare("import", "exposures", try tool.file("exposures.csv", exposures))
            try tool.prepare("import", "outcomes", try tool.file("outcomes.csv", outcomes))
        }
    }

    private func shop() throws -> Tool { try Self.shop.get().copy() }

    /// Changes the file behind the library's back; a trigger that is in the way is taken out, and put back as it was.
    private func damage(_ tool: Tool, _ sql: String, past trigger: String? = nil) throws {
        let script: String
        if let trigger {
            let text = try tool.sqlite("SELECT sql FROM sqlite_schema WHERE name = '\(trigger)'")
            script = "DROP TRIGGER \(trigger);\n\(sql);\n\(text);\n"
        } else {
            script = sql + ";\n"
        }
        let file = try tool.file("damage.sql", script)
        #expect(try tool.shell("sqlite3 -cmd '.timeout 10000' '\(tool.database)' < '\(file)'") == "")
    }

    /// The states of the checks, by name.
    private func states(_ output: String) -> [String: String] {
        var states: [String: String] = [:]
        for line in output.split(separator: "\n") where !line.hasPrefix(" ") {
            let words = line.split(separator: " ")
            states[String(words[1])] = String(words[0])
        }
        return states
    }

    @Test("a file that this library made holds every check, a line each")
    func whole() throws {
        let ending = try shop().run("verify", "--fail-on", "assignment")
        #expect(ending.code == 0)
        #expect(ending.errors == "")
        #expect(
            ending.output.split(separator: "\n").map { $0.prefix(20).split(separator: " ").joined(separator: " ") } == [
                "ok access", "ok version", "ok file", "ok references", "ok schema", "ok definitions", "ok exposures",
                "ok outcomes",
                "ok links", "ok removals", "ok results", "ok assignment",
            ])
    }

    @Test("the demo's file holds, and its users with two variants are a note")
    func demo() throws {
        let tool = try PreparedDatabase.demo.get().database.copy()
        let ending = try tool.run("verify")
        #expect(ending.code == 0)
        let states = states(ending.output)
        #expect(states["assignment"] == "note")
        #expect(states.values.filter { $0 == "ok" }.count == 11)
    }

    struct Damage: CustomTestStringConvertible, Sendable {
        let check: String
        let sql: String
        var trigger: String?
        var hint = ""

        var testDescription: String { sql }
    }

    private static let another = "(SELECT variant_id FROM variant_definition WHERE name = 'off')"
    static let damages = [
        Damage(
            check: "exposures",
            sql: "UPDATE exposure_log SET phase_id = 1, variant_id = \(another) WHERE exposure_id = 7",
            trigger: "exposure_log_update", hint: "1, exposure 7 first: the variant is one of the phase’s"),
        Damage(
            check: "exposures", sql: "UPDATE exposure_log SET user_id = '' WHERE exposure_id > 18",
            trigger: "exposure_log_update", hint: "2, exposure 19 first: the user’s id"),
        Damage(
            check: "exposures", sql: "UPDATE exposure_log SET session_id = 'a' || char(0) || 'b' WHERE exposure_id = 2",
            trigger: "exposure_log_update", hint: "the session’s id"),
        Damage(
            check: "exposures", sql: "UPDATE exposure_log SET attributes = '[1]' WHERE exposure_id = 3",
            trigger: "exposure_log_update", hint: "the attributes are a JSON object"),
        Damage(
            check: "exposures", sql: "UPDATE exposure_log SET attributes = '{' WHERE exposure_id = 3",
            trigger: "exposure_log_update", hint: "the attributes are a JSON object"),
        Damage(
            check: "exposures", sql: "UPDATE exposure_log SET id = printf('%065d', 1) WHERE exposure_id = 3",
            trigger: "exposure_log_update", hint: "the record’s id"),
        Damage(
            check: "outcomes", sql: "UPDATE outcome_log SET value = 2 WHERE outcome_id = 1",
            trigger: "outcome_log_update", hint: "the value fits the metric’s kind"),
        Damage(
            check: "outcomes", sql: "UPDATE outcome_log SET value = 9e999 WHERE outcome_id = 2",
            trigger: "outcome_log_update", hint: "1, outcome 2 first: the value fits the metric’s kind"),
        Damage(
            check: "exposures",
            sql: "PRAGMA ignore_check_constraints = 1; UPDATE exposure_log SET timestamp_us = -5 WHERE exposure_id = 1",
            trigger: "exposure_log_update", hint: "the time is within"),
        Damage(
            check: "exposures",
            sql: "PRAGMA ignore_check_constraints = 1; UPDATE exposure_log SET enrollment = 4 WHERE exposure_id = 1",
            trigger: "exposure_log_update", hint: "the enrollment is known"),
        Damage(
            check: "exposures", sql: "DELETE FROM exposure_log WHERE exposure_id IN (4, 5, 9)",
            trigger: "exposure_log_delete", hint: "3, exposure 4 first: the row is there"),
        Damage(
            check: "outcomes",
            sql: """
                INSERT INTO night VALUES (1, '2026-01-04', 1767571200000000, 20, 40, 0, 'exclude', 0.95, 1767571200000000);
                DELETE FROM outcome_log WHERE outcome_id > 38
                """, trigger: "outcome_log_delete", hint: "2, outcome 39 first: the row is there"),
        Damage(
            check: "file",
            sql: """
                PRAGMA writable_schema = 1;
                UPDATE sqlite_schema SET sql = replace(sql, 'IS NOT NULL', 'IS NULL') WHERE name = 'exposure_id_once'
                """, hint: "index exposure_id_once"),
        Damage(
            check: "references", sql: "UPDATE outcome_log SET experiment_id = 99 WHERE outcome_id IN (1, 3)",
            trigger: "outcome_log_update", hint: "2 rows of outcome_log that name no experiment"),
        Damage(
            check: "schema", sql: "DROP TRIGGER outcome_log_delete",
            hint: "the trigger outcome_log_delete is missing"),
        Damage(
            check: "schema", sql: "DROP INDEX exposure_id_once", hint: "the index exposure_id_once is missing"),
        Damage(
            check: "schema", sql: "DROP VIEW variants; CREATE VIEW variants AS SELECT name FROM variant_definition",
            hint: "the view variants is changed"),
        Damage(
            check: "schema",
            sql: "CREATE TRIGGER mine BEFORE INSERT ON outcome_log BEGIN SELECT RAISE(IGNORE); END",
            hint: "the trigger mine is foreign"),
        Damage(
            check: "definitions", sql: "UPDATE phase_variant SET is_control = 0",
            trigger: "phase_variant_update",
            hint: "'button' of the file breaks a rule: is_control must be set on exactly one variant"),
        Damage(
            check: "definitions", sql: "UPDATE phase_definition SET number = 3 WHERE phase_id = 1",
            trigger: "phase_update_early", hint: "numbered from 1 without a gap"),
        Damage(
            check: "definitions",
            sql: "PRAGMA ignore_check_constraints = 1; UPDATE metric_definition SET cap = -4 WHERE name = 'revenue'",
            hint: "its cap not below"),
        Damage(
            check: "definitions",
            sql: "INSERT INTO unit_override VALUES (1, 'u1', \(another))", hint: "a tester’s variant"),
        Damage(
            check: "results",
            sql: """
                DROP VIEW counted_outcomes; CREATE VIEW counted_outcomes AS SELECT 'button' AS experiment, 1 AS outcome
                """, hint: "button, outcomes kept: the report says"),
    ]

    @Test("planted damage is found by its check, and the exit code is 2", arguments: damages)
    func planted(_ damage: Damage) throws {
        let tool = try shop()
        try self.damage(tool, damage.sql, past: damage.trigger)
        let ending = try tool.run("verify")
        #expect(ending.code == 2)
        #expect(states(ending.output)[damage.check] == "failed")
        #expect(ending.output.contains(damage.hint))
        #expect(ending.errors.contains("checks failed"))
        // An experiment that cannot be read is one failure, not two.
        // A metric that breaks a rule stops every report.
        let stopsReports = damage.sql.contains("metric_definition")
        if damage.check == "definitions" {
            #expect(states(ending.output)["results"] == (stopsReports ? "failed" : "ok"))
        }
    }

    @Test("overwritten pages are found, wherever they are", arguments: [0.0, 0.3, 0.6, 0.9])
    func overwritten(at place: Double) throws {
        let tool = try shop()
        #expect(try tool.shell("sqlite3 '\(tool.database)' 'PRAGMA wal_checkpoint(TRUNCATE)'") == "0|0|0\n")
        let file = try #require(FileHandle(forUpdatingAtPath: tool.database))
        let pages = try file.seekToEnd() / 4_096
        for page in (1..<pages).filter({ Double($0) >= place * Double(pages) }).prefix(6) {
            try file.seek(toOffset: page * 4_096)
            try file.write(contentsOf: Data(repeating: 0xa5, count: 2_048))
        }
        try file.close()
        let ending = try tool.run("verify")
        #expect(ending.code == 2)
        #expect(ending.errors.hasPrefix("Error: "))
    }

    @Test(
        "a file of other scripts, of a newer version or of nobody is refused",
        arguments: [
            "UPDATE schema_migration SET checksum = 'x'", "PRAGMA user_version = 99",
            "PRAGMA application_id = 1",
        ])
    func refused(_ sql: String) throws {
        let tool = try shop()
        try damage(tool, sql)
        let ending = try tool.run("verify")
        #expect(ending.code == 2)
        #expect(ending.output == "")
    }

    @Test("somebody's own view or index is a note")
    func additions() throws {
        let tool = try shop()
        try damage(tool, "CREATE VIEW mine AS SELECT 1; CREATE INDEX by_user ON outcome_log (user_id); ANALYZE")
        let ending = try tool.run("verify", "--fail-on", "assignment")
        #expect(ending.code == 0)
        #expect(states(ending.output)["schema"] == "note")
        #expect(ending.output.contains("the view mine is foreign"))
    }

    @Test("another variant than the phase gives is a note, and exit code 4 when asked for; users are named only then")
    func assignment() throws {
        let tool = try shop()
        let shown = try tool.run("assign", "button", "--user", "evil\u{1b}[31m").output.dropLast()
        let other = shown == "control" ? "treatment" : "control"
        let more = """
            experiment,variant_id,user_id,timestamp,enrollment
            button,\(other),evil\u{1b}[31m,2026-01-02T00:00:00Z,
            button,\(other),evil\u{1b}[31m,2026-01-02T00:00:00Z,override
            """
        #expect(try tool.run("import", "exposures", try tool.file("more.csv", more)).code == 0)
        let ending = try tool.run("verify")
        #expect(ending.code == 0)
        #expect(states(ending.output)["assignment"] == "note")
        #expect(ending.output.contains("button, phase 1: 1 of 21\n"))
        #expect(!ending.output.contains("evil"))
        let asked = try tool.run("verify", "--verbose", "--fail-on", "assignment")
        #expect(asked.code == 4)
        #expect(asked.output.contains("exposure 21: evil\\u{1b}[31m saw \(other), the phase gives \(shown)\n"))
    }
}
