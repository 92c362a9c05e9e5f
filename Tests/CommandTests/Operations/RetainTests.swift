import Foundation
import TestSupport
import Testing

@Suite("retain")
struct RetainTests {
    private let tool = Tool()
    private let start = 1_767_225_600

    /// Two experiments of a week ago, the first stopped; and outcomes that name it, the other or none.
    init() throws {
        try tool.define()
        try tool.prepare("start", "banner")
        var exposures = "experiment,variant_id,user_id,session_id,timestamp_us\n"
        var outcomes = "experiment,metric,kind,value,user_id,session_id,timestamp_us\n"
        for number in 0..<20 {
            let variant = number % 2 == 0
            exposures += "button,\(variant ? "control" : "treatment"),u\(number),,\(start)000000\n"
            exposures += "banner,\(variant ? "off" : "on"),,s\(number),\(start)000000\n"
            outcomes += "button,purchase,bool,1,u\(number),,\(start + 60)000000\n"
            outcomes += "banner,purchase,bool,1,,s\(number),\(start + 60)000000\n"
            outcomes += ",revenue,numeric,2.5,u\(number),,\(start - 86_400 * 30)000000\n"
        }
        try tool.prepare("import", "exposures", try tool.file("e.csv", exposures))
        try tool.prepare("import", "outcomes", try tool.file("o.csv", outcomes))
    }

    private func finish() throws {
        try tool.prepare("stop", "button", "--winner", "treatment")
        // As if it had been stopped two days ago, and seen by the night of yesterday.
        let stopped = Int(Date.now.timeIntervalSince1970 - 2 * 86_400)
        let sql =
            "UPDATE experiment_definition SET started_at_us = 1, stopped_at_us = \(stopped)000000 WHERE name = 'button'"
        #expect(try tool.shell("sqlite3 '\(tool.database)' \"\(sql)\"") == "")
        try tool.prepare("nightly", "--output", tool.folder.file("r.html"))
    }

    private func rows() throws -> String {
        try tool.sqlite("SELECT (SELECT count(*) FROM exposure_log), (SELECT count(*) FROM outcome_log)")
    }

    @Test("nothing of an experiment that runs goes, nor of a stopped one before a night says how it ended")
    func needed() throws {
        try tool.prepare("stop", "button")
        let ending = try tool.run("retain")
        #expect(ending.code == 0)
        #expect(
            ending.output == """
                button: stays, no night is stored from after its end
                banner: stays, it is not stopped
                outcomes that name no experiment: stay, no --days was given
                Nothing to remove.

                """)
        #expect(try rows() == "40|60")
    }

    @Test("a finished experiment's rows go, its nights stay, and the other's results are what they were")
    func finished() throws {
        try finish()
        let others = "SELECT * FROM results WHERE experiment = 'banner'"
        let nights = "SELECT * FROM nightly_results"
        let (before, stored) = (try tool.sqlite(others), try tool.sqlite(nights))
        let dry = try tool.run("retain", "--dry-run")
        #expect(dry.output.contains("button: finished, its rows would go\n"))
        #expect(dry.output.contains("Would remove 20 exposures, 20 outcomes and 0 links.\n"))
        #expect(try rows() == "40|60")
        let ending = try tool.run("retain")
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(ending.output.contains(/receipt 1: retention of 20.*Z, 20 exposures, 20 outcomes and 0 links\n/))
        #expect(try rows() == "20|40")
        #expect(try tool.sqlite(others) == before)
        #expect(try tool.sqlite(nights) == stored)
        #expect(!stored.isEmpty)
        #expect(try tool.run("verify").code == 0)
        #expect(try tool.run("retain").output.contains("Nothing to remove."))
    }

    @Test("it is in no report any more, and can only run again in a new phase")
    func afterwards() throws {
        try finish()
        try tool.prepare("retain")
        let report = try tool.run("report", "--format", "json")
        #expect(report.code == 0 && !report.output.contains("\"button\"") && report.output.contains("\"banner\""))
        let named = try tool.run("report", "button")
        #expect(named.code == 2 && named.errors.contains("its rows were removed"))
        let start = try tool.run("start", "button")
        #expect(start.code == 2 && start.errors.contains("can only run in a new phase"))
        try tool.prepare("new-phase", "button")
        #expect(try tool.run("start", "button").code == 0)
        #expect(try tool.run("report", "button").code == 0)
    }

    @Test(
        "outcomes that name no experiment stay while one compares its units with what they did before, then go by age")
    func unnamed() throws {
        try finish()
        let kept = try tool.run("retain", "--days", "10")
        #expect(kept.output.contains("stay, banner compares its units with what they did before\n"))
        #expect(try rows() == "20|40")
        let text = Tool.definitions.replacing("unit = \"session\"", with: "unit = \"session\"\ncovariate = \"off\"")
            .replacing("status = \"draft\"\n", with: "")
        try tool.prepare("apply", try tool.file("d.toml", text))
        let gone = try tool.run("retain", "--days", "10")
        #expect(
            gone.output.contains(
                "outcomes that name no experiment: those before 2026-01-01T00:00:00.000000Z are gone\n"))
        #expect(try rows() == "20|20")
        #expect(try tool.run("verify").code == 0)
    }

    @Test("rows with both ids stay while an experiment goes by links")
    func links() throws {
        let text = Tool.definitions.replacing("unit = \"session\"", with: "unit = \"session\"\nidentity = \"first\"")
            .replacing("status = \"draft\"\n", with: "")
        try tool.prepare("apply", try tool.file("d.toml", text))
        let line = "button,control,u1,s1,\(start)000000\n"
        try tool.prepare(
            "import", "exposures",
            try tool.file("l.csv", "experiment,variant_id,user_id,session_id,timestamp_us\n" + line))
        try finish()
        try tool.prepare("retain")
        #expect(try tool.sqlite("SELECT user_id, session_id FROM exposures WHERE experiment = 'button'") == "u1|s1")
    }
}
