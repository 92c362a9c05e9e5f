import Foundation
import TestSupport
import Testing

@Suite("Lists of JSON")
struct JSONListTests {
    private let tool = Tool()

    init() throws {
        try tool.define()
    }

    private func row(_ number: Int, _ separator: String = ",") -> String {
        let fields = [
            #""experiment": "button""#, #""variant_id": "control""#, "\"user_id\": \(number)",
            #""timestamp": "2026-01-05T10:00:0\#(number)Z""#, #""attributes": {"a": [{"b": "}]"}]}"#,
        ]
        return "{" + fields.joined(separator: separator) + "}"
    }

    @Test(
        "a list of objects and objects of several lines each are the same rows as lines are",
        arguments: ["x.json", "x.ndjson", "x"])
    func shapes(_ name: String) throws {
        let rows = (1...3).map { row($0) }
        let long = (1...3).map { row($0, ",\n  ").replacing("{\"exp", with: "{\n  \"exp") }
        let texts = [
            rows.joined(separator: "\n"), "[\(rows.joined(separator: ","))]",
            "\u{feff}\n [\n\(rows.joined(separator: ",\r\n"))\n]\n", long.joined(separator: "\n"),
            "[" + long.joined(separator: ",\n") + "]",
        ]
        for text in texts {
            let database = tool.folder.file("\(texts.firstIndex(of: text) ?? 9).db")
            _ = try tool.shell("cp '\(tool.database)' '\(database)'")
            let file = try tool.file(name, text)
            let ending = try tool.bare(["import", "exposures", file, "--database", database])
            #expect(ending.code == 0, "\(text): \(ending.errors)")
            let stored = try tool.shell(
                "sqlite3 -readonly '\(database)' 'SELECT user_id, timestamp, attributes FROM exposures'")
            let expected = (1...3).map {
                "\($0)|2026-01-05T10:00:0\($0).000000Z|{\"a\":\"[{\\\"b\\\": \\\"}]\\\"}]\"}\n"
            }
            #expect(stored == expected.joined(), "\(text)")
        }
    }

    @Test("what a list lacks is refused with the line on which its object begins")
    func broken() throws {
        let text = "[\n\(row(1)),\n{\"experiment\": 1,\n\"x\": 2},\n\(row(2))\n"
        let ending = try tool.run("import", "exposures", try tool.file("x.json", text), "--on-error", "skip")
        #expect(ending.code == 3, "\(ending.errors)")
        for line in ["line 3: line has an unknown key", "of a list that does not end: is the file whole?"] {
            #expect(ending.errors.contains(line), "\(ending.errors)")
        }
        #expect(try tool.sqlite("SELECT group_concat(user_id) FROM exposures") == "1,2")
    }
}
