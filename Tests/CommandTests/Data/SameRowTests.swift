import Foundation
import TestSupport
import Testing

/// A row means the same in CSV and in NDJSON.
///
/// `Tests/Acceptance/Formats` tries more, and odder, cells of all columns.
@Suite("The same rows in CSV and in JSON")
struct SameRowTests {
    @Test("an empty text of JSON is absent, as an empty cell is, and attributes may be an object in a text")
    func emptyTexts() throws {
        let tool = Tool()
        try tool.define()
        let times = #""timestamp":"2026-01-05T10:00:00Z","experiment":"button","variant_id":"control""#
        let lines = [
            #"{\#(times),"user_id":"a","session_id":"","enrollment":"","phase":"","id":"","attributes":""}"#,
            #"{\#(times),"user_id":"b","attributes":"{\"country\":\"de\",\"n\":1.50}"}"#,
        ]
        let ending = try tool.run(
            "import", "exposures", "-", "--format", "ndjson", input: lines.map { $0 + "\n" }.joined())
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(
            try tool.sqlite(
                "SELECT user_id, quote(session_id), quote(id), quote(attributes) FROM exposures ORDER BY exposure")
                == #"a|NULL|NULL|NULL\#nb|NULL|NULL|'{"country":"de","n":"1.50"}'"#)
        for line in [
            #"{\#(times),"user_id":"c","attributes":"[1]"}"#, #"{"user_id":"c","experiment":"","variant_id":"c"}"#,
        ] {
            #expect(try tool.run("import", "exposures", "-", "--format", "ndjson", input: line + "\n").code == 2)
        }
    }

    @Test("20,000 mutated lines come to the same rows and refusals from CSV and from JSON")
    func differential() throws {
        var random = SplitMix(seed: 18)
        let times = [
            "2026-01-05T09:00:00Z", "2026-01-05 09:00:00+01", "20260105T090000Z", "2026-13-05T09:00:00Z", "1767607200",
            "2026-01-05 09:00:00 UTC", "2026-02-29T00:00:00Z", "2026-01-05T24:00:00Z", "", "x",
        ]
        let values = [
            "1", "0", "true", "FALSE", "1.0", "3.0", "-7", "1e3", "1.5", "", "x", "9223372036854775808", "+3", "007",
            "nan",
        ]
        let kinds = ["bool", "count", "numeric", "money", ""]
        let users = ["a", "b c", "é", "1582917533873852417", "\"q\"", "x,y", "", "line\nbreak", "1.5"]
        let experiments = ["button", "", "none"]
        func cell(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
        func json(_ text: String, _ random: inout SplitMix) throws -> String {
            if text.isEmpty { return "null" }
            let isNumber = text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?(e[0-9]+)?/) != nil
            if isNumber, Int(text) != nil, random.chance(0.5) { return text }
            return String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
        }
        var csv = "experiment,metric,kind,value,user_id,timestamp\n"
        var lines = ""
        for _ in 0..<20_000 {
            func pick(_ list: [String], _ usual: Double = 0.7) -> String {
                random.chance(usual) ? list[0] : list[random.below(list.count)]
            }
            let fields = [
                ("experiment", pick(experiments)), ("metric", "m"), ("kind", kinds[random.below(4)]),
                ("value", pick(values, 0.3)), ("user_id", pick(users, 0.4)), ("timestamp", pick(times)),
            ]
            csv += fields.map { cell($0.1) }.joined(separator: ",") + "\n"
            lines += try "{" + fields.map { "\"\($0.0)\":\(try json($0.1, &random))" }.joined(separator: ",") + "}\n"
        }
        var results: [(rows: String, refusals: [String])] = []
        for (format, text) in [("csv", csv), ("ndjson", lines)] {
            let tool = Tool()
            try tool.define()
            let ending = try tool.run(
                "import", "outcomes", "-", "--format", format, "--on-error", "skip", input: text)
            #expect(ending.code == 3)
            let rows = try tool.sqlite(
                "SELECT experiment, metric, kind, value, hex(user_id), timestamp FROM outcomes ORDER BY outcome")
            let refusals = ending.errors.split(separator: "\n").filter { $0.contains(" × ") }.map(String.init)
            results.append((rows, refusals))
        }
        #expect(results[0].rows == results[1].rows)
        #expect(results[0].refusals == results[1].refusals)
        #expect(results[0].rows.split(separator: "\n").count > 3_000)
    }
}
