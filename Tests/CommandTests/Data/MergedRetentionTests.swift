import Foundation
import TestSupport
import Testing

@Suite("merge of files with removed rows")
struct MergedRetentionTests {
    private let merged = Tool()
    private let start = 1_767_225_600

    /// A server's file with an experiment that was stopped two days ago, and one that runs.
    private func server(_ name: String) throws -> Tool {
        let tool = Tool()
        try tool.define()
        try tool.prepare("start", "banner")
        try add(name, to: tool)
        try tool.prepare("stop", "button", "--winner", "treatment")
        let stopped = Int(Date.now.timeIntervalSince1970 - 2 * 86_400)
        let sql =
            "UPDATE experiment_definition SET started_at_us = 1, stopped_at_us = \(stopped)000000 WHERE name = 'button'"
        #expect(try tool.shell("sqlite3 '\(tool.database)' \"\(sql)\"") == "")
        return tool
    }

    private func add(_ name: String, to tool: Tool) throws {
        var exposures = "experiment,variant_id,user_id,session_id,timestamp_us\n"
        var outcomes = "experiment,metric,kind,value,user_id,session_id,timestamp_us\n"
        for number in 0..<20 {
            let variant = number % 2 == 0
            exposures += "button,\(variant ? "control" : "treatment"),\(name)\(number),,\(start)000000\n"
            exposures += "banner,\(variant ? "off" : "on"),,\(name)\(number),\(start)000000\n"
            outcomes += "button,purchase,bool,1,\(name)\(number),,\(start + 60)000000\n"
        }
        try tool.prepare("import", "exposures", try tool.file("\(name)e.csv", exposures))
        try tool.prepare("import", "outcomes", try tool.file("\(name)o.csv", outcomes))
    }

    private func retain(_ tool: Tool) throws {
        try tool.prepare("nightly")
        let ending = try tool.run("retain")
        #expect(ending.output.contains("button: finished, its rows are gone"))
    }

    @Test(
        "nothing is computed of the rows that are left where one file's were removed, and the merge says so once",
        arguments: [true, false], [true, false])
    func retained(isFirst: Bool, isAtOnce: Bool) throws {
        let (retained, whole) = (try server("a"), try server("b"))
        try retain(retained)
        let files = isFirst ? [retained.database, whole.database] : [whole.database, retained.database]
        var errors = ""
        for part in isAtOnce ? [files] : files.map({ [$0] }) {
            let ending = try merged.run(["merge"] + part)
            #expect(ending.code == 0, "\(ending.errors)")
            errors += ending.errors
        }
        let night = try retained.sqlite("SELECT max(date) FROM night")
        #expect(errors.contains("\(retained.database): the rows of button in phase 1 were removed on "))
        #expect(errors.contains("and the stored night of \(night) holds its numbers. Reports of the merged file"))
        #expect(try merged.run(["merge"] + files).errors == "Merged 0 exposures, 0 outcomes and 0 links.\n")
        let report = try merged.run("report", "--format", "json")
        #expect(report.code == 0 && !report.output.contains("\"button\"") && report.output.contains("\"banner\""))
        let named = try merged.run("report", "button")
        #expect(named.code == 2 && named.errors.contains("no night of the phase is stored in this file"))
        #expect(try merged.sqlite("SELECT count(*) FROM results WHERE experiment = 'button'") == "0")
        #expect(try merged.sqlite("SELECT cause, exposures, ended_at_us = began_at_us FROM removal") == "retention|0|1")
        let verification = try merged.run("verify")
        #expect(verification.code == 0, "\(verification.output)")
        // By way of another merged file, too.
        let next = Tool()
        try next.prepare("merge", merged.database)
        #expect(try next.sqlite("SELECT count(*) FROM retained_phase") == "1")
    }

    @Test("a merged file whose rows were removed takes what comes later, and leaves the phase out")
    func mergedRetained() throws {
        let servers = [try server("a"), try server("b")]
        let files = servers.map(\.database)
        try merged.prepare(["merge"] + files)
        try retain(merged)
        try add("c", to: servers[0])
        let ending = try merged.run(["merge"] + files)
        #expect(ending.errors == "Merged 40 exposures, 20 outcomes and 0 links.\n")
        #expect(try merged.run("report", "button").errors.contains("the stored night of "))
        #expect(try merged.sqlite("SELECT count(*) FROM results WHERE experiment = 'button'") == "0")
        #expect(try merged.run("verify").code == 0)
    }

    @Test("rows of a merged file stay where any came after the night, whatever their numbers")
    func late() throws {
        let servers = [try server("a"), try server("b")]
        let files = servers.map(\.database)
        try merged.prepare(["merge"] + files)
        try merged.prepare("nightly")
        let id = "SELECT file_id FROM file_identity"
        let first = try #require(try servers.min { try $0.sqlite(id) < $1.sqlite(id) })
        try add("c", to: first)
        try merged.prepare(["merge"] + files)
        #expect(
            try merged.run("retain").output.contains(
                "button: stays, no night is stored from after its end that knew all its rows"))
        try merged.prepare("nightly", "--withdraw", try merged.sqlite("SELECT max(date) FROM night"))
        try merged.prepare("nightly")
        // Nothing new, so the night knows all.
        try merged.prepare(["merge"] + files)
        #expect(try merged.run("retain").output.contains("button: finished, its rows are gone"))
    }

    @Test("nothing is added to the nights of a merged file, of whose rows nobody can tell which a night knew")
    func complete() throws {
        let servers = [try server("a"), try server("b")]
        try merged.prepare(["merge"] + servers.map(\.database))
        try merged.prepare("nightly", "--date", "2026-03-04")
        let nights = try merged.sqlite("SELECT * FROM nightly_results")
        let ending = try merged.run("nightly", "--date", "2026-03-05", "--complete")
        #expect(ending.code == 2 && ending.errors.contains("nothing can be added to its nights"), "\(ending.errors)")
        #expect(try merged.sqlite("SELECT * FROM nightly_results") == nights)
        #expect(try merged.sqlite("SELECT count(*) FROM night") == "1")
    }
}
