import Foundation
import TestSupport
import Testing

@Suite("Reports of the tool")
struct ReportTests {
    private let tool = Tool()

    init() throws {
        try tool.define()
        let exposures = (0..<40).map { "button,\($0 % 2 == 0 ? "control" : "treatment"),user\($0),1000" }
        let outcomes = (0..<10).map { "button,=cmd,numeric,\($0),user\($0),\($0 < 5 ? 2000 : 3000)" }
        _ = try tool.run(
            "import", "exposures",
            try tool.file("e.csv", "experiment,variant_id,user_id,timestamp_us\n" + lines(exposures)))
        _ = try tool.run(
            "import", "outcomes",
            try tool.file("o.csv", "experiment,metric,kind,value,user_id,timestamp_us\n" + lines(outcomes)))
    }

    private func lines(_ rows: [String]) -> String { rows.joined(separator: "\n") + "\n" }

    /// What the tests read of the JSON.
    struct Report: Decodable {
        struct Experiment: Decodable {
            struct Outcomes: Decodable {
                let total: Int
                let kept: Int
                let discarded: [String: Int]
            }

            let experiment: String
            let outcomes: Outcomes
        }

        let schemaVersion: Int
        let asOf: String?
        let experiments: [Experiment]
    }

    private func json(_ arguments: String...) throws -> Report {
        let ending = try tool.bare(["report", "--format", "json", "--database", tool.database] + arguments)
        #expect(ending.code == 0, "\(ending.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Report.self, from: Data(ending.output.utf8))
    }

    @Test("JSON holds every experiment in order of definition, and the same bytes each time")
    func document() throws {
        let report = try json()
        #expect(report.schemaVersion == 1)
        #expect(report.experiments.map(\.experiment) == ["button", "banner"])
        #expect(report.experiments[0].outcomes.kept == 10)
        #expect(report.experiments[0].outcomes.discarded.count == 8)
        let arguments = ["report", "--format", "json", "--database", tool.database]
        #expect(try tool.bare(arguments).output == tool.bare(arguments).output)
    }

    @Test("as of a time, later rows do not exist")
    func asOf() throws {
        let report = try json("--as-of", "1970-01-01T00:00:00.003Z")
        #expect(report.asOf == "1970-01-01T00:00:00.003000Z")
        #expect(report.experiments[0].outcomes.total == 5)
        #expect(try tool.run("report", "--as-of", "yesterday").code == 1)
    }

    @Test("CSV is safe in a spreadsheet, and text has no colours in a pipe")
    func formats() throws {
        let csv = try tool.run("report", "--format", "csv").output
        #expect(csv.split(separator: "\n").count == 3)
        #expect(csv.contains(",'=cmd,"))
        let text = try tool.run("report").output
        #expect(!text.contains("\u{1b}"))
        #expect(text.contains("10 = 10 kept"))
    }

    @Test("a report goes into a file whole, and an unknown experiment exits 2 with the one that was meant")
    func endings() throws {
        let path = tool.folder.file("report.csv")
        #expect(try tool.run("report", "button", "--format", "csv", "--output", path).code == 0)
        #expect(
            try String(contentsOfFile: path, encoding: .utf8) == tool.run("report", "button", "--format", "csv").output)
        let unknown = try tool.run("report", "buton")
        #expect(unknown.code == 2)
        #expect(unknown.errors.contains("button"))
        #expect(try tool.run("report", "--phase", "9").code == 2)
    }
}
