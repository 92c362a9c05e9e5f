import Foundation
import TestSupport
import Testing

/// The words of the nightly job about verdicts, to whoever is not looking at its reports.
@Suite("The morning after")
struct MorningTests {
    /// From 2 March on, half as many buy with the treatment.
    private static let shop = Result { try PreparedDatabase(record) }

    private static func record(_ tool: Tool) throws {
        try tool.define()
        var exposures = "experiment,variant_id,user_id,timestamp\n"
        var outcomes = "experiment,metric,kind,value,user_id,timestamp\n"
        for day in 1...4 {
            for user in 0..<(day == 1 ? 40 : 2_000) {
                let isTreated = user % 2 == 1
                exposures += "button,\(isTreated ? "treatment" : "control"),u\(day)-\(user),2026-03-0\(day)T10:00:00Z\n"
                if user / 2 % 10 < (isTreated && day > 1 ? 2 : 5) {
                    outcomes += "button,purchase,bool,1,u\(day)-\(user),2026-03-0\(day)T11:00:00Z\n"
                }
                outcomes += "button,latency_ms,numeric,\(300 + user % 7),u\(day)-\(user),2026-03-0\(day)T10:00:01Z\n"
            }
        }
        try tool.prepare("import", "exposures", try tool.file("e.csv", exposures))
        try tool.prepare("import", "outcomes", try tool.file("o.csv", outcomes))
    }

    private let tool: Tool

    init() throws { tool = try Self.shop.get().copy() }

    @Test("a new verdict is a line on standard error, once, and harm is exit code 4 where that is asked for")
    func harm() throws {
        let quiet = try tool.run("nightly", "--date", "2026-03-01", "--fail-on", "stop", "--fail-on", "health")
        #expect((quiet.code, quiet.errors) == (0, ""))
        let harm = try tool.run("nightly", "--date", "2026-03-02", "--fail-on", "stop", "--since-last")
        #expect(harm.code == 4)
        #expect(harm.errors.hasPrefix("verdict: button: Stop: harm by treatment. purchase −"), "\(harm.errors)")
        #expect(harm.errors.split(separator: "\n").count == 1)
        let again = try tool.run("nightly", "--date", "2026-03-03", "--fail-on", "stop", "--since-last")
        #expect((again.code, again.errors) == (0, ""))
        #expect(try tool.run("nightly", "--date", "2026-03-04", "--fail-on", "stop").code == 4)
    }

    @Test("missed nights do not hide it, and the log can be read by programs")
    func missed() throws {
        #expect(try tool.run("nightly", "--date", "2026-03-01").errors == "")
        let late = try tool.run("nightly", "--date", "2026-03-04", "--log", "json")
        #expect(late.code == 0)
        #expect(late.errors.contains("\"level\":\"verdict\"") && late.errors.contains("harm by treatment"))
    }

    @Test("the reports of the night are a mail and a message, too")
    func messages() throws {
        let (mail, slack) = (tool.folder.file("report.eml"), tool.folder.file("report.slack.json"))
        #expect(try tool.run("nightly", "--date", "2026-03-02", "--output", mail, "--output", slack).code == 0)
        let text = try String(contentsOfFile: mail, encoding: .utf8)
        #expect(text.hasPrefix("Subject: =?utf-8?B?"))
        #expect(text.contains("\nMIME-Version: 1.0\n") && text.contains("filename=\"experiments-2026-03-02.html\""))
        let message = try String(contentsOfFile: slack, encoding: .utf8)
        #expect(message.contains("Stop treatment in “button” (purchase −"))
    }
}
