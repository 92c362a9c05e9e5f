import Foundation
import TestSupport
import Testing

@Suite("Every night")
struct NightlyTests {
    private let tool: Tool

    init() throws {
        tool = try Self.shop.get().copy()
    }

    /// Forty new users a day from 2026-03-01 to 10, half in each variant, all of whom buy.
    private static let shop = Result { try PreparedDatabase(record) }

    private static func record(_ tool: Tool) throws {
        try tool.define()
        var exposures = "experiment,variant_id,user_id,timestamp\n"
        var outcomes = "experiment,metric,kind,value,user_id,timestamp\n"
        for day in 1...10 {
            let date = day < 10 ? "2026-03-0\(day)" : "2026-03-10"
            for user in 0..<40 {
                exposures += "button,\(user % 2 == 0 ? "control" : "treatment"),u\(day)-\(user),\(date)T10:00:00Z\n"
                outcomes += "button,revenue,numeric,\(user % 7 + user % 2),u\(day)-\(user),\(date)T11:00:00Z\n"
            }
        }
        try tool.prepare("import", "exposures", try tool.file("e.csv", exposures))
        try tool.prepare("import", "outcomes", try tool.file("o.csv", outcomes))
    }

    private func nights() throws -> [String] {
        try tool.sqlite("SELECT date FROM night ORDER BY date").split(separator: "\n").map(String.init)
    }

    @Test("a night is stored once, says nothing when all is well, and gives the same bytes again")
    func once() throws {
        let report = tool.folder.file("report.json")
        let first = try tool.run("nightly", "--date", "2026-03-05", "--output", report)
        #expect((first.code, first.output, first.errors) == (0, "", ""))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: report))
        let rows = try tool.sqlite("SELECT * FROM nightly_results")
        #expect(rows.split(separator: "\n").count == 2)
        _ = try tool.run("import", "outcomes", try tool.file("late.csv", late))
        #expect(try tool.run("nightly", "--date", "2026-03-05").code == 0)
        #expect(try tool.sqlite("SELECT * FROM nightly_results") == rows)
        #expect(try nights() == ["2026-03-05"])
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""date": "2026-03-05""#))
    }

    private let late =
        "experiment,metric,kind,value,user_id,timestamp\nbutton,revenue,numeric,99,u1-0,2026-03-02T11:00:00Z\n"

    @Test("missed nights are made up for, each as of its own end, and no more than asked")
    func catchUp() throws {
        _ = try tool.run("nightly", "--date", "2026-03-02")
        #expect(try tool.run("nightly", "--date", "2026-03-05").code == 0)
        #expect(try nights() == ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"])
        #expect(
            try tool.sqlite("SELECT units FROM nightly_results WHERE variant_id = 'control' ORDER BY date")
                == "40\n60\n80\n100")
        #expect(try tool.run("nightly", "--date", "2026-03-10", "--catch-up", "2").code == 0)
        #expect(try nights().suffix(2) == ["2026-03-09", "2026-03-10"])
        #expect(try tool.run("nightly", "--date", "2026-03-03").code == 0)
        #expect(try nights().count == 6)
    }

    @Test("an alarm exits 4 when asked, and with --since-last only on its first night, missed nights or not")
    func alarms() throws {
        #expect(try tool.run("nightly", "--date", "2026-03-09", "--fail-on", "health").code == 0)
        // Five days after the last exposure; the nights between were missed.
        let onset = try tool.run("nightly", "--date", "2026-03-15", "--fail-on", "health", "--since-last")
        #expect(onset.code == 4)
        #expect(onset.errors.contains("button: The experiment runs, but nobody was exposed in the last 5 days"))
        let page = tool.folder.file("silent.html")
        #expect(try tool.run("nightly", "--date", "2026-03-14", "--output", page).code == 0)
        let text = try String(contentsOfFile: page, encoding: .utf8)
        #expect(text.contains("No data") && text.contains("New alarm: no recent exposure"))
        #expect(!text.contains("class=\"since\""))
        let next = ["--date", "2026-03-16", "--fail-on", "health", "--database", tool.database]
        #expect(try tool.bare(["nightly", "--since-last"] + next).code == 0)
        let still = try tool.bare(["nightly", "--log", "json"] + next)
        #expect(still.code == 4)
        #expect(still.errors.contains(#""level":"alarm""#))
        #expect(try tool.run("nightly", "--date", "2026-03-17").code == 0)
    }

    @Test("an alarm of the same name about another metric is a new one with --since-last")
    func anotherSubject() throws {
        /// Everybody does it before the exposure, the treatment's users more, and once after it.
        func differ(_ metric: String) throws {
            let rows = (1...10).flatMap { day in
                (0..<40).flatMap { user in
                    let (date, name) = (day < 10 ? "2026-03-0\(day)" : "2026-03-10", "u\(day)-\(user)")
                    let before = user % 2 * 3 + user / 2 % 5
                    return ["\(before),\(name),\(date)T09:00:00Z", "1,\(name),\(date)T12:00:00Z"].map {
                        "button,\(metric),numeric,\($0)\n"
                    }
                }
            }
            let file = try tool.file(
                "\(metric).csv", "experiment,metric,kind,value,user_id,timestamp\n" + rows.joined())
            #expect(try tool.run("import", "outcomes", file).code == 0)
        }
        func night(_ date: String) throws -> Tool.Ending {
            try tool.run("nightly", "--date", date, "--fail-on", "health", "--since-last")
        }
        try differ("revenue")
        let first = try night("2026-03-05")
        #expect(first.code == 4)
        #expect(first.errors.contains("treatment differed from the control in revenue before"))
        #expect(try night("2026-03-06").code == 0)
        try differ("clicks")
        let second = try night("2026-03-07")
        #expect(second.code == 4)
        #expect(second.errors.contains("treatment differed from the control in clicks before"))
        #expect(!second.errors.contains("revenue"))
        #expect(try night("2026-03-08").code == 0)
        let page = tool.folder.file("changed.html")
        #expect(try tool.run("nightly", "--date", "2026-03-07", "--output", page).code == 0)
        let names = ["clicks", "treatment"].map { "<bdi class=\"id\">\($0)</bdi>" }.joined(separator: ", ")
        #expect(try String(contentsOfFile: page, encoding: .utf8).contains("New alarm: imbalance (\(names))."))
        #expect(try tool.run("history", "button").output.contains("imbalance (clicks, treatment), imbalance (revenue"))
    }

    @Test("two runs do not meet: the second says so and changes nothing")
    func lock() throws {
        let held = open(tool.database + "-night", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #expect(flock(held, LOCK_EX) == 0)
        let second = try tool.run("nightly", "--date", "2026-03-05")
        #expect(second.code == 2)
        #expect(second.errors.contains("another nightly run is at work"))
        close(held)
        #expect(try nights() == [])
        #expect(try tool.run("nightly", "--date", "2026-03-05").code == 0)
    }

    @Test("a damaged definition does not stop the others, and neither does a report that cannot be written")
    func partial() throws {
        let good = tool.folder.file("good.json")
        let bad = tool.folder.file("missing/report.json")
        let unwritten = try tool.run("nightly", "--date", "2026-03-05", "--output", bad, "--output", good)
        #expect(unwritten.code == 3)
        #expect(FileManager.default.fileExists(atPath: good))
        let damage = """
            DROP TRIGGER phase_variant_delete; DELETE FROM phase_variant WHERE phase_id =
            (SELECT phase_id FROM phase_definition JOIN experiment_definition USING (experiment_id) WHERE name = 'banner')
            """
        #expect(try tool.shell("sqlite3 '\(tool.database)' \"\(damage)\"") == "")
        let damaged = try tool.run("nightly", "--date", "2026-03-06", "--output", good)
        #expect(damaged.code == 3)
        #expect(damaged.errors == "error: banner could not be analysed: it breaks a rule: variants must not be empty\n")
        #expect(try nights() == ["2026-03-05", "2026-03-06"])
        let report = try String(contentsOfFile: good, encoding: .utf8)
        #expect(report.contains(#""reason": "it breaks a rule: variants must not be empty""#))
        #expect(report.contains(#""experiment": "button""#))
        let formats = [
            ("html", "<h2><bdi class=\"id\">banner</bdi>"), ("md", "Failed `banner`"),
            ("mail.html", "banner"), ("txt", "banner"), ("prom", "experiments_failed{experiment=\"banner\"} 1"),
        ]
        for (ending, sign) in formats {
            let file = tool.folder.file("report.\(ending)")
            #expect(try tool.run("nightly", "--date", "2026-03-06", "--output", file).code == 3)
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(text.contains(sign), "\(ending)")
            #expect(text.contains("button"), "\(ending)")
        }
        #expect(try tool.run("report").code == 3)
    }

    @Test("a metric known since today is added to the nights before, and history prints it")
    func complete() throws {
        _ = try tool.run("nightly", "--date", "2026-03-04")
        _ = try tool.run("nightly", "--date", "2026-03-06")
        let clicks = (1...6).flatMap { day in
            (0..<40).map { "button,clicks,count,\($0 % 3),u\(day)-\($0),2026-03-0\(day)T12:00:00Z" }
        }
        let file = try tool.file(
            "clicks.csv", "experiment,metric,kind,value,user_id,timestamp\n" + clicks.joined(separator: "\n") + "\n")
        _ = try tool.run("import", "outcomes", file)
        #expect(try tool.run("nightly", "--date", "2026-03-06", "--complete").code == 0)
        #expect(
            try tool.sqlite(
                "SELECT date, units FROM nightly_results WHERE metric = 'clicks' AND variant_id = 'control' ORDER BY date"
            )
                == "2026-03-04|80\n2026-03-05|100\n2026-03-06|120")
        let history = try tool.run("history", "button", "--metric", "clicks")
        #expect(history.code == 0)
        #expect(history.output.components(separatedBy: "\n2026-03-05 ").count == 3)
        #expect(history.output.contains("all nights"))
        #expect(!history.output.contains("revenue"))
        #expect(try tool.run("history", "button", "--format", "json").output.contains(#""date": "2026-03-05""#))
        #expect(try tool.run("history", "button", "--metric", "click").errors.contains("did you mean 'clicks'?"))
        #expect(try tool.run("history", "buton").code == 2)
    }

    @Test("a metric added to a night is of the units that the night knew, whatever exposures came late")
    func completeAfterLateExposures() throws {
        _ = try tool.run("nightly", "--date", "2026-03-04")
        let late = (0..<60).map { "button,control,late\($0),2026-03-02T00:00:00Z\n" }.joined()
        let crossover = "button,treatment,u1-0,2026-03-02T00:00:00Z\nbutton,control,u1-0,2026-03-02T00:00:00Z\n"
        let exposures = try tool.file(
            "late.csv", "experiment,variant_id,user_id,timestamp\n" + late + crossover)
        #expect(try tool.run("import", "exposures", exposures).code == 0)
        let users = (0..<60).map { "late\($0)" } + (0..<40).map { "u1-\($0)" }
        let outcomes = try tool.file(
            "clicks.csv",
            "experiment,metric,kind,value,user_id,timestamp\n"
                + users.map { "button,clicks,count,1,\($0),2026-03-03T00:00:00Z\n" }.joined())
        #expect(try tool.run("import", "outcomes", outcomes).code == 0)
        #expect(try tool.run("nightly", "--date", "2026-03-04", "--complete").code == 0)
        #expect(
            try tool.sqlite(
                """
                SELECT units, units_with_outcome, sum, abs(mean - sum / units) < 1e-9 FROM nightly_results
                WHERE metric = 'clicks' AND date = '2026-03-04'
                """) == "80|20|20.0|1\n80|20|20.0|1")
    }

    @Test(
        "a date that is none, an ending we do not write, and a count that makes no sense exit 1",
        arguments: ["--date 2026-02-30", "--output report.pdf", "--catch-up 0", "--confidence 1", "--fail-on x"])
    func mistakes(_ line: String) throws {
        #expect(
            try tool.bare(["nightly", "--database", tool.database] + line.split(separator: " ").map(String.init)).code
                == 1)
    }
}
