import Foundation
import TestSupport
import Testing

@Suite("Exports that grow, and files that are loaded twice")
struct RepeatedImportTests {
    private let tool = Tool()
    private static let header = "metric,kind,value,user_id,timestamp\n"

    init() throws {
        try tool.define()
    }

    private func rows(_ users: Range<Int>, day: Int = 5, value: Double = 10) -> [String] {
        users.map { "rev,numeric,\(value),u\($0),2026-01-0\(day)T12:00:00Z" }
    }

    private func file(_ rows: [String], header: String = Self.header) -> String {
        header + rows.map { $0 + "\n" }.joined()
    }

    private func sum() throws -> String { try tool.sqlite("SELECT count(*), total(value) FROM outcome_log") }

    private func load(_ text: String, _ options: String...) throws -> (code: Int32, errors: String) {
        let arguments = ["import", "outcomes", "-", "--database", tool.database] + options
        let ending = try tool.bare(arguments, input: text)
        return (ending.code, ending.errors)
    }

    @Test("a log that grows by the day adds what is new, in whatever order of rows and columns it comes")
    func growing() throws {
        let monday = rows(0..<100)
        #expect(try load(file(monday)).code == 0)
        let tuesday = monday + rows(100..<150, day: 6)
        let second = try load(file(tuesday))
        #expect(second.code == 0)
        #expect(
            second.errors
                == "Imported 50 outcomes. 100 lines repeated rows of earlier imports and were left out.\n")
        #expect(try sum() == "150|1500.0")
        let turned = tuesday.reversed().map { $0.split(separator: ",").reversed().joined(separator: ",") }
        let third = try load(file(turned, header: "timestamp,user_id,value,kind,metric\n"))
        #expect(third.errors.contains("Imported 0 outcomes. 150 lines repeated"), "\(third.errors)")
        let lines = tuesday.map { row in
            let cells = row.split(separator: ",")
            return
                #"{"metric":"rev","kind":"numeric","value":\#(cells[2]),"user_id":"\#(cells[3])","timestamp":"\#(cells[4])"}"#
        }
        let fourth = try load(lines.joined(separator: "\n") + "\n", "--format", "ndjson")
        #expect(fourth.errors.contains("Imported 0 outcomes. 150 lines repeated"), "\(fourth.errors)")
        #expect(try sum() == "150|1500.0")
    }

    @Test("rows that happened twice in one export are two, and stay two in the next")
    func multiplicity() throws {
        let twice = rows(0..<50) + rows(0..<50)
        #expect(try load(file(twice)).code == 0)
        #expect(try sum() == "100|1000.0")
        let grown = try load(file(twice + rows(0..<10)))
        #expect(grown.errors.contains("Imported 10 outcomes. 100 lines repeated"), "\(grown.errors)")
        #expect(try sum() == "110|1100.0")
    }

    @Test("an overlap that is no growing export stops with a count and an example, and --repeats decides")
    func overlap() throws {
        #expect(try load(file(rows(0..<100))).code == 0)
        let other = file(rows(50..<120))
        let stopped = try load(other)
        #expect(
            stopped.code == 2
                && stopped.errors.contains("50 of 70 lines equal rows of an earlier import, such as line 2"))
        #expect(stopped.errors.contains("(rev, numeric, 10.0, u50, 2026-01-05T12:00:00Z)"), "\(stopped.errors)")
        #expect(try sum() == "100|1000.0")
        let dropped = try load(other, "--repeats", "drop")
        #expect(dropped.code == 0 && dropped.errors.contains("Imported 20 outcomes. 50 lines repeated"))
        #expect(try sum() == "120|1200.0")
        let more = file(rows(60..<130))
        #expect(try load(more).code == 2)
        #expect(try load(more, "--repeats", "keep").errors == "Imported 70 outcomes.\n")
        #expect(try sum() == "190|1900.0")
        #expect(try tool.bare(["import", "statsig", "-", "--repeats", "drop", "--database", tool.database]).code == 1)
    }

    @Test("few equal rows are kept and counted, and skipping bad lines compares as well")
    func few() throws {
        #expect(try load(file(rows(0..<100))).code == 0)
        let mostlyNew = try load(file(rows(1..<2) + rows(200..<320)))
        #expect(mostlyNew.errors == "Imported 121 outcomes. 1 line equalled rows of earlier imports and was kept.\n")
        let bad = file(["rev,numeric,x,u1,2026-01-05T12:00:00Z"] + rows(0..<100) + rows(400..<410))
        let skipped = try load(bad, "--on-error", "skip")
        #expect(
            skipped.code == 3 && skipped.errors.contains("Imported 10 outcomes. 100 lines repeated"),
            "\(skipped.errors)")
        // The same file again tries the refused line only.
        let again = try load(bad, "--on-error", "skip")
        #expect(again.code == 3 && again.errors.contains("Imported 0 outcomes."), "\(again.errors)")
        #expect(try sum() == "231|2310.0")
    }

    @Test("another value, unit, time, metric or experiment is another row; a row that was recorded is no import's")
    func different() throws {
        #expect(try load(file(rows(0..<20))).code == 0)
        for other in [
            rows(0..<20, value: 11), rows(20..<40), rows(0..<20, day: 6),
            rows(0..<20).map { $0.replacing("rev,", with: "sales,") },
            rows(0..<20).map { $0.replacing("numeric,10.0", with: "count,10") },
        ] {
            let ending = try load(file(other))
            #expect(ending.errors == "Imported 20 outcomes.\n", "\(ending.errors)")
        }
        let named = rows(0..<20).map { "button,\($0)" }
        #expect(try load(file(named, header: "experiment," + Self.header)).errors == "Imported 20 outcomes.\n")
        #expect(try load(file(named, header: "experiment," + Self.header) + "\n").errors.contains("20 lines repeated"))
        #expect(try load(file(rows(0..<20)), "--again").code == 0)
        #expect(try sum() == "160|1620.0")
    }

    @Test("an export that gained or lost a column of ids is the same rows; rows that both have ids go by them alone")
    func gainedIDs() throws {
        func named(_ users: Range<Int>, _ prefix: String) -> String {
            file(zip(users, rows(users)).map { "\(prefix)\($0),\($1)" }, header: "id," + Self.header)
        }
        #expect(try load(file(rows(0..<100))).code == 0)
        let gained = try load(named(0..<120, "a"))
        #expect(gained.errors.contains("Imported 20 outcomes. 100 lines repeated"), "\(gained.errors)")
        #expect(try load(named(100..<120, "b")).errors == "Imported 20 outcomes.\n")
        #expect(try sum() == "140|1400.0")
        let lost = try load(file(rows(0..<125)))
        #expect(lost.errors.contains("Imported 5 outcomes. 120 lines repeated"), "\(lost.errors)")
        #expect(try sum() == "145|1450.0")
        // No export that grew: somebody has to decide.
        let other = try load(named(50..<100, "c"))
        #expect(other.code == 2 && other.errors.contains("50 of 50 lines equal rows"), "\(other.errors)")
        #expect(try sum() == "145|1450.0")
    }

    @Test("exposures are compared by experiment, variant, unit and time")
    func exposures() throws {
        func load(_ users: Range<Int>, _ variant: String = "control") throws -> String {
            let rows = users.map { "button,\(variant),u\($0),2026-01-05T09:00:00Z\n" }.joined()
            return try tool.run(
                "import", "exposures", "-", input: "experiment,variant_id,user_id,timestamp\n" + rows
            ).errors
        }
        #expect(try load(0..<30) == "Imported 30 exposures.\n")
        #expect(try load(0..<40).contains("Imported 10 exposures. 30 lines repeated"))
        #expect(try load(0..<40, "treatment") == "Imported 40 exposures.\n")
    }
}
