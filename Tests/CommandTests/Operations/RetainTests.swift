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
                button: stays, no night is stored from after its end that knew all its rows
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
        let (today, yesterday) = (
            Date.now.formatted(.iso8601.year().month().day()), try tool.sqlite("SELECT max(date) FROM night")
        )
        let words =
            "'button' cannot be reported in phase 1: its rows were removed on \(today), and the stored night of "
            + "\(yesterday) holds its numbers"
        #expect(named.code == 2 && named.errors.contains(words), "\(named.errors)")
        for line in [["history", "button"], ["calibrate", "button"], ["explain", "button", "--user", "u1"]] {
            let ending = try tool.run(line)
            #expect(ending.code == 2 && ending.errors.contains(words), "\(ending.errors)")
        }
        let leftOut = "Left out, since their rows were removed: button. Stored nights hold their numbers"
        #expect(report.errors.contains(leftOut))
        #expect(try tool.run("calibrate", "--splits", "1", "--nights", "1").errors.contains(leftOut))
        let start = try tool.run("start", "button")
        #expect(start.code == 2 && start.errors.contains("can only run in a new phase"))
        try tool.prepare("new-phase", "button")
        #expect(try tool.run("start", "button").code == 0)
        #expect(try tool.run("report", "button").code == 0)
        let earlier = try tool.run("report", "button", "--phase", "1")
        #expect(earlier.code == 2 && earlier.errors.contains(words), "\(earlier.errors)")
        #expect(try tool.run("history", "button", "--phase", "1").errors.contains(words))
        #expect(try tool.run("report", "--phase", "1").errors.contains(leftOut))
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

    /// Writes into the file as somebody else's program does.
    private func write(_ sql: String) throws {
        #expect(try tool.shell("sqlite3 '\(tool.database)' \"\(sql)\"") == "")
    }

    @Test("rows stay of an earlier phase of which no night is stored")
    func unseenPhase() throws {
        try tool.prepare("stop", "button")
        try tool.prepare("new-phase", "button")
        try tool.prepare("start", "button")
        try finish()
        #expect(
            try tool.run("retain").output.contains(
                "button: stays, units were seen in its phase 1, of which no night is stored: 'experiments report button "
                    + "--phase 1' says what they show, and --unseen-phases lets them go without a night\n"))
        #expect(try rows() == "40|60")
        #expect(try tool.run("report", "button", "--phase", "1").code == 0)
        let ending = try tool.run("retain", "--unseen-phases")
        #expect(ending.output.contains("button: finished, its rows are gone\n"))
        #expect(try rows() == "20|40")
        #expect(
            try tool.run("report", "button", "--phase", "1").errors.contains(
                "and no night of the phase is stored in this file"))
    }

    @Test("rows stay that arrived after the last night", arguments: [true, false])
    func late(isExposure: Bool) throws {
        try finish()
        let (log, text) =
            isExposure
            ? ("exposures", "experiment,variant_id,user_id,timestamp_us\nbutton,control,late,\(start)000000\n")
            : ("outcomes", "metric,kind,value,user_id,timestamp_us\npurchase,bool,1,u1,\(start + 61)000000\n")
        try tool.prepare("import", log, try tool.file("late.csv", text))
        #expect(
            try tool.run("retain").output.contains(
                "button: stays, no night is stored from after its end that knew all its rows\n"))
        #expect(try rows() == (isExposure ? "41|60" : "40|61"))
    }

    @Test("an interrupted retention is closed, also where its last row is gone")
    func interrupted() throws {
        try finish()
        try write(
            """
            INSERT INTO removal (cause, began_at_us) VALUES ('retention', 1);
            INSERT INTO retained_phase SELECT phase_id, 1 FROM phase_definition WHERE experiment_id =
                (SELECT experiment_id FROM experiment_definition WHERE name = 'button');
            DELETE FROM exposure_log WHERE user_id IS NOT NULL;
            DELETE FROM outcome_log WHERE user_id IS NOT NULL AND experiment_id IS NOT NULL;
            """)
        let ending = try tool.run("retain")
        #expect(ending.code == 0 && ending.output.contains("receipt 1: retention of "))
        #expect(!ending.output.contains("Nothing to remove."))
        #expect(try tool.sqlite("SELECT count(*) FROM removal WHERE ended_at_us IS NULL") == "0")
    }

    @Test("the phases are noted on the retention's receipt, not on a later one of another cause")
    func receipt() throws {
        try finish()
        try write(
            """
            INSERT INTO removal (cause, began_at_us) VALUES ('retention', 1);
            INSERT INTO removal (cause, began_at_us, ended_at_us, emptied_at_us) VALUES ('erasure', 2, 3, 4);
            """)
        try tool.prepare("retain")
        #expect(try tool.sqlite("SELECT DISTINCT removal_id FROM retained_phase") == "1")
    }

    @Test("an age that no calendar has is refused")
    func age() throws {
        let ending = try tool.run("retain", "--days", "200000000")
        #expect(ending.errors.contains("--days must be between 1 and 36500."))
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
        let outcome = "button,purchase,bool,1,u1,s1,\(start + 60)000000\n"
        try tool.prepare(
            "import", "outcomes",
            try tool.file("k.csv", "experiment,metric,kind,value,user_id,session_id,timestamp_us\n" + outcome))
        try finish()
        try tool.prepare("retain")
        #expect(try tool.sqlite("SELECT user_id, session_id FROM exposures WHERE experiment = 'button'") == "u1|s1")
        #expect(try tool.sqlite("SELECT count(*) FROM outcomes WHERE experiment = 'button'") == "1")
        // The rows that are left of the experiment make no results.
        #expect(try tool.sqlite("SELECT count(*) FROM results WHERE experiment = 'button'") == "0")
        let verification = try tool.run("verify")
        #expect(verification.code == 0, "\(verification.output)")
    }
}
