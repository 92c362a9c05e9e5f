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

    /// The part of the JSON that the tests read.
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

    @Test("little memory makes no other report, and no memory is refused")
    func memory() throws {
        let whole = try tool.run("report", "--format", "json")
        let parts = try tool.run("report", "--format", "json", "--memory", "10KiB")
        #expect(parts.code == 0 && parts.output == whole.output)
        for wrong in ["0MiB", "-1MiB", "512", "9999999999GiB"] {
            let refused = try tool.run("report", "--memory=\(wrong)")
            #expect(refused.code == 1 && refused.errors.contains("memory"), "\(refused.errors)")
        }
    }

    @Test("JSON holds every experiment in order of definition, and the same bytes each time")
    func document() throws {
        let report = try json()
        #expect(report.schemaVersion == 2)
        #expect(report.experiments.map(\.experiment) == ["button", "banner"])
        #expect(report.experiments[0].outcomes.kept == 10)
        #expect(report.experiments[0].outcomes.discarded.count == 11)
        let arguments = ["report", "--format", "json", "--database", tool.database]
        #expect(try tool.bare(arguments).output == tool.bare(arguments).output)
    }

    @Test("an exposure that a wrong clock dated later than now does not date the report")
    func wrongClock() throws {
        _ = try tool.run(
            "import", "exposures",
            try tool.file("f.csv", "experiment,variant_id,user_id,timestamp\nbutton,control,zoe,4001-01-01T00:00:00Z\n")
        )
        let report = try tool.run("report")
        #expect(report.output.contains("Thursday 1 January 1970, the day of the last exposure"))
        #expect(!report.output.contains("4001"))
    }

    @Test("the records' own ids stand in the views, so that what is missing can be asked for")
    func ids() throws {
        let header = "experiment,metric,kind,value,user_id,timestamp_us,id\n"
        let lines =
            "button,sold,bool,1,user1,4000,order-1\nbutton,sold,bool,1,user1,500,order-2\n,sold,bool,1,nobody,1,order-3\n"
        _ = try tool.run("import", "outcomes", try tool.file("i.csv", header + lines))
        _ = try tool.run(
            "import", "exposures",
            try tool.file("x.csv", "experiment,variant_id,user_id,timestamp_us,id\nbutton,control,new,5000,page-1\n"))
        #expect(try tool.sqlite("SELECT id FROM exposures WHERE id IS NOT NULL") == "page-1")
        #expect(try tool.sqlite("SELECT group_concat(id) FROM outcomes") == "order-1,order-2,order-3")
        #expect(try tool.sqlite("SELECT group_concat(id) FROM counted_outcomes") == "order-1")
        #expect(
            try tool.sqlite("SELECT id, reason FROM discarded_outcomes WHERE id IS NOT NULL ORDER BY id")
                == "order-2|before_exposure\norder-3|never_exposed")
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
        // Two rows of the metric, and two of the experiment that has none.
        #expect(csv.split(separator: "\n").count == 5)
        #expect(csv.contains(",'=cmd,"))
        let text = try tool.run("report").output
        #expect(!text.contains("\u{1b}"))
        #expect(text.contains("10 = 10 kept"))
    }

    @Test("segments are shown by the attribute's name, or refused with the formats that show them")
    func segments() throws {
        for format in ["markdown", "email", "csv", "prometheus"] {
            let ending = try tool.run("report", "--by", "country", "--format", format)
            #expect(ending.code == 1 && ending.output.isEmpty)
            #expect(ending.errors.contains("--by needs --format text, html or json: \(format) shows no segments."))
        }
        #expect(try tool.run("report", "--by", "country").output.contains("\n  by country "))
        for format in ["html", "json"] {
            let ending = try tool.run("report", "--by", "country", "--format", format)
            #expect(ending.code == 0 && ending.output.contains("country"))
        }
        let (page, table) = (tool.folder.file("r.html"), tool.folder.file("r.csv"))
        let nightly = ["nightly", "--by", "country", "--database", tool.database]
        for line in [[], ["--output", table]] {
            let ending = try tool.bare(nightly + line)
            #expect(ending.code == 1 && ending.errors.contains(".txt, .html or .json"))
        }
        #expect(try tool.bare(nightly + ["--output", table, "--output", page]).code == 0)
    }

    @Test("a new report is for its owner's group at most, an own one keeps its mode, and a link is never followed")
    func modes() throws {
        let (path, other) = (tool.folder.file("r.json"), try tool.file("other", "untouched"))
        func write(_ before: String) throws -> String {
            let tool = "'\(Tool.executable)' report --format json --output '\(path)' --database '\(tool.database)'"
            return try self.tool.shell("umask 000; \(before); \(tool) && stat -c '%a %F' '\(path)'")
        }
        #expect(try write("rm -f '\(path)'") == "640 regular file\n")
        #expect(try write("chmod 604 '\(path)'") == "604 regular file\n")
        #expect(try write("rm '\(path)'; umask 077") == "600 regular file\n")
        #expect(try write("chmod 666 '\(other)'; ln -sf '\(other)' '\(path)'") == "640 regular file\n")
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "untouched")
    }

    @Test("a report's format follows from the end of its file's name, and what is said counts more")
    func inferred() throws {
        func first(_ name: String, _ arguments: String...) throws -> Character? {
            let path = tool.folder.file(name)
            #expect(
                try tool.bare(["report", "button", "--output", path, "--database", tool.database] + arguments).code == 0
            )
            return try String(contentsOfFile: path, encoding: .utf8).first
        }
        #expect(try first("page.html") == "<")
        #expect(try first("page.json") == "{")
        #expect(try first("page.html", "--format", "json") == "{")
        let refused = try tool.run("report", "--by", "country", "--output", tool.folder.file("table.csv"))
        #expect(refused.code == 1 && refused.errors.contains("csv shows no segments"))
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
