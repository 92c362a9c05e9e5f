import Foundation
import TestSupport
import Testing

@Suite("explain")
struct ExplainTests {
    /// A user with a row of every kind, and a tester.
    private func shop() throws -> Tool {
        let tool = Tool()
        try tool.define("[[metrics]]\nname = \"purchase\"\nkind = \"bool\"\nwindow = \"1d\"\n")
        let exposures = """
            experiment,variant_id,user_id,session_id,timestamp,enrollment,attributes
            button,treatment,ann,s1,2026-01-02T00:00:00Z,,"{""country"": ""D\\u001b[31mE""}"
            button,treatment,ann,,2026-01-03T00:00:00Z,,
            button,control,tess,,2026-01-03T00:00:00Z,override,
            """
        let outcomes = """
            experiment,metric,kind,value,user_id,timestamp
            ,revenue,numeric,3.5,ann,2026-01-01T00:00:00Z
            ,revenue,numeric,49.9,ann,2026-01-02T00:00:00Z
            button,purchase,bool,true,ann,2026-01-05T00:00:00Z
            button,purchase,bool,true,tess,2026-01-05T00:00:00Z
            """
        #expect(try tool.run("import", "exposures", try tool.file("exposures.csv", exposures)).code == 0)
        #expect(try tool.run("import", "outcomes", try tool.file("outcomes.csv", outcomes)).code == 0)
        return tool
    }

    @Test("it lists every row of a unit in order of time, kept or discarded and why, and what would be assigned now")
    func text() throws {
        let tool = try shop()
        let ann = try tool.run("explain", "button", "--user", "ann")
        #expect(ann.code == 0)
        #expect(ann.errors == "")
        let lines = ann.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(lines.contains("Counts in treatment."))
        let rows = lines.filter { $0.hasPrefix("2026-") }
        #expect(rows.map { $0.prefix(10) } == ["2026-01-01", "2026-01-02", "2026-01-02", "2026-01-03", "2026-01-05"])
        let ends = ["before the first exposure", "first exposure", "kept", "repeat", "after the metric’s window"]
        for (row, end) in zip(rows, ends) { #expect(row.hasSuffix(end)) }
        #expect(ann.output.contains("discarded, after_window"))
        let assigned = try tool.run("assign", "button", "--user", "ann").output.dropLast()
        #expect(ann.output.contains("Now gets        \(assigned) (enrolled)"))
        #expect(try tool.sqlite("SELECT count(*) FROM exposure_log") == "3")
        let tess = try tool.run("explain", "button", "--user", "tess").output
        #expect(tess.contains("Left out, override"))
        let early = try tool.run("explain", "button", "--user", "ann", "--as-of", "2026-01-02T00:00:00Z").output
        #expect(early.contains("Left out as of 2026-01-02T00:00:00.000000Z, never_exposed"))
    }

    @Test("in JSON it says the same, with the unit's row of unit_metrics")
    func json() throws {
        let tool = try shop()
        let ending = try tool.run("explain", "button", "--user", "ann", "--session", "s1", "--format", "json")
        let document = try #require(
            JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
        #expect(document["is_analysed"] as? Bool == true)
        let outcomes = try #require(document["outcomes"] as? [[String: Any]])
        #expect(outcomes.map { $0["fate"] as? String } == ["discarded", "kept", "discarded"])
        #expect(outcomes.map { $0["reason"] as? String } == ["before_exposure", nil, "after_window"])
        let exposures = try #require(document["exposures"] as? [[String: Any]])
        #expect(exposures.map { $0["role"] as? String } == ["first_exposure", "repeat"])
        #expect(exposures[0]["attributes"] as? [String: String] == ["country": "D\u{1b}[31mE"])
        let metrics = try #require(document["metrics"] as? [[String: Any]])
        #expect(metrics.map { $0["value"] as? Double } == [49.9])
        #expect(metrics.map { $0["covariate"] as? Double } == [3.5])
        let steps = (document["assignment"] as? [String: Any])?["steps"] as? [[String: Any]]
        #expect(steps?.map { $0["step"] as? String } == ["status", "algorithm"])
    }

    @Test("a unit never seen is said to be so; what cannot be asked exits 2")
    func nobody() throws {
        let tool = try shop()
        let nobody = try tool.run("explain", "button", "--user", "nobody")
        #expect(nobody.code == 0)
        #expect(nobody.output.contains("This user was never seen"))
        let session = try tool.run("explain", "button", "--session", "s1")
        #expect(session.code == 2)
        #expect(session.errors == "Error: the experiment counts users: give --user ID\n")
        #expect(try tool.run("explain", "button", "--user", "ann", "--phase", "2").code == 2)
        #expect(try tool.run("explain", "button").code == 1)
    }

    @Test("ids and attributes cannot control the terminal, in text or JSON, nor as segments of a report")
    func escaping() throws {
        let tool = try shop()
        let evil = "u\u{1b}[31m\u{9b}2J\u{202e}\u{7}"
        let endings = try [("ann", "text"), ("ann", "json"), (evil, "text"), (evil, "json")].map { user, format in
            (format, try tool.run("explain", "button", "--user", user, "--format", format).output)
        }
        for (format, output) in endings + [("text", try tool.run("report", "--by", "country").output)] {
            #expect(output.contains(format == "text" ? "\\u{1b}[31m" : "\\u001b[31m"))
            #expect(
                !output.unicodeScalars.contains {
                    ($0.value < 0x20 && $0 != "\n") || 0x7f..<0xa0 ~= $0.value || $0.value == 0x202e
                })
        }
    }
}
