import Foundation
import TestSupport
import Testing

@Suite("Files that gzip made")
struct GzipImportTests {
    private let tool = Tool()
    private static let header = "experiment,variant_id,user_id,timestamp\n"

    private func lines(_ users: Range<Int>) -> String {
        users.map { "button,\($0 % 2 == 0 ? "control" : "treatment"),u\($0),2026-01-05T10:00:00Z\n" }.joined()
    }

    /// A file that the `gzip` of the system compressed.
    private func gzip(_ name: String, _ text: String) throws -> String {
        let plain = try tool.file(name, text)
        let said = try tool.shell("gzip -kf '\(plain)'")
        #expect(said.isEmpty, "\(said)")
        return plain + ".gz"
    }

    private func users() throws -> String { try tool.sqlite("SELECT count(DISTINCT user_id) FROM exposures") }

    @Test("are read as what is in them, from a path and from standard input, in one member or several")
    func read() throws {
        try tool.define()
        // More than a chunk of the reader, and of zlib's window.
        let path = try gzip("a.csv", Self.header + lines(0..<40_000))
        #expect(try tool.run("import", "exposures", path).code == 0)
        #expect(try users() == "40000")
        let more = try gzip("b.csv", lines(40_000..<40_100))
        let first = try gzip("c.csv", Self.header + lines(40_100..<40_200))
        let said = try tool.shell(
            "cat '\(first)' '\(more)' | '\(Tool.executable)' import exposures - --database '\(tool.database)' 2>&1")
        #expect(said.contains("Imported 200 exposures"), "\(said)")
        #expect(try users() == "40200")
    }

    @Test("are the same input as the file that was compressed")
    func sameInput() throws {
        try tool.define()
        let path = try gzip("a.csv", Self.header + lines(0..<100))
        #expect(try tool.run("import", "exposures", path).code == 0)
        #expect(try tool.run("import", "exposures", tool.folder.file("a.csv")).errors.contains("imported before"))
    }

    @Test("keep the numbers of their lines in what is refused, in CSV and in NDJSON")
    func lineNumbers() throws {
        try tool.define()
        let csv = try gzip("a.csv", Self.header + lines(0..<30_000) + "button,blue,x,2026-01-05T10:00:00Z\n")
        #expect(try tool.run("import", "exposures", csv).errors.contains("line 30002: variant_id"))
        let line = #"{"experiment":"button","variant_id":"control","user_id":"u","timestamp":"2026-01-05T10:00:00Z"}"#
        let ndjson = try gzip("a.ndjson", String(repeating: line + "\n", count: 9_000) + "{}\n")
        #expect(try tool.run("import", "exposures", ndjson).errors.contains("line 9001: experiment is missing"))
        #expect(try users() == "0")
    }

    @Test("that end in the middle or are damaged are refused as a whole, and nothing is written")
    func damaged() throws {
        try tool.define()
        let path = try gzip("a.csv", Self.header + lines(0..<20_000))
        let whole = try Data(contentsOf: URL(filePath: path))
        let cut = try tool.file("cut.csv.gz", whole.prefix(whole.count / 2))
        var changed = whole
        changed[whole.count / 2] ^= 0xff
        let damaged = try tool.file("damaged.csv.gz", changed)
        for (file, why) in [(cut, "ends in the middle"), (damaged, "is damaged")] {
            for policy in ["stop", "skip"] {
                let ending = try tool.run("import", "exposures", file, "--on-error", policy)
                #expect(ending.code == 2 && ending.errors.contains(why), "\(ending.errors)")
            }
        }
        #expect(try users() == "0")
    }
}
