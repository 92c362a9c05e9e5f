import Foundation
import TestSupport
import Testing

@Suite("Files that zstd made", .enabled(if: ZstdProgram.isHere, "the program zstd is not here"))
struct ZstdImportTests {
    private let tool = Tool()
    private static let header = "experiment,variant_id,user_id,timestamp\n"

    private func lines(_ users: Range<Int>) -> String {
        users.map { "button,\($0 % 2 == 0 ? "control" : "treatment"),u\($0),2026-01-05T10:00:00Z\n" }.joined()
    }

    /// A file that the `zstd` of the system compressed.
    private func zstd(_ name: String, _ text: String) throws -> String {
        let plain = try tool.file(name, text)
        let said = try tool.shell("zstd -qkf '\(plain)'")
        #expect(said.isEmpty, "\(said)")
        return plain + ".zst"
    }

    private func users() throws -> String { try tool.sqlite("SELECT count(DISTINCT user_id) FROM exposures") }

    @Test("are read as what is in them, from a path and from standard input, in one frame or several")
    func read() throws {
        try tool.define()
        let path = try zstd("a b.csv", Self.header + lines(0..<20_000))
        #expect(try tool.run("import", "exposures", path).code == 0)
        #expect(try users() == "20000")
        let more = try zstd("b.csv", lines(20_000..<20_100))
        let first = try zstd("c.csv", Self.header + lines(20_100..<20_200))
        // A frame that is to be skipped, as pzstd writes one before each of its own.
        let skipped = try tool.file("skipped", Data([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]))
        let said = try tool.shell(
            "cat '\(skipped)' '\(first)' '\(more)' | '\(Tool.executable)' import exposures - --database '\(tool.database)' 2>&1"
        )
        #expect(said.contains("Imported 200 exposures"), "\(said)")
        #expect(try users() == "20200")
        // The same input as the file that was compressed.
        let plain = tool.folder.file("a b.csv")
        #expect(try tool.run("import", "exposures", plain).errors.contains("imported before"))
    }

    @Test("that end in the middle or are damaged are refused as a whole, and nothing is written")
    func damaged() throws {
        try tool.define()
        let path = try zstd("a.csv", Self.header + lines(0..<20_000))
        let whole = try Data(contentsOf: URL(filePath: path))
        let cut = try tool.file("cut.csv.zst", whole.prefix(whole.count / 2))
        var changed = whole
        changed[whole.count / 2] ^= 0xff
        let damaged = try tool.file("damaged.csv.zst", changed)
        for file in [cut, damaged] {
            for policy in ["stop", "skip"] {
                let ending = try tool.run("import", "exposures", file, "--on-error", policy)
                #expect(ending.code == 2 && ending.errors.contains("zstd data is damaged"), "\(ending.errors)")
            }
        }
        #expect(try users() == "0")
    }

    @Test("say what to install where there is no zstd, and what to pipe where one is to be written")
    func withoutProgram() throws {
        try tool.define()
        let path = try zstd("a.csv", Self.header + lines(0..<10))
        let said = try tool.shell(
            "env PATH=/nowhere '\(Tool.executable)' import exposures '\(path)' --database '\(tool.database)' 2>&1; echo $?"
        )
        #expect(said.contains("apt-get install zstd") && said.hasSuffix("2\n"), "\(said)")
        let output = tool.folder.file("out.ndjson.zst")
        let ending = try tool.run("export", "exposures", "--output", output)
        #expect(ending.code == 1 && ending.errors.contains("| zstd > "), "\(ending.errors)")
        #expect(!FileManager.default.fileExists(atPath: output))
    }
}

private enum ZstdProgram {
    static let isHere = (try? Program.run("/bin/sh", ["-c", "command -v zstd"]).code) == 0
}
