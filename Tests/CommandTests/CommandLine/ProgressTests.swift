import Foundation
import TestSupport
import Testing

@Suite("Progress on a terminal")
struct ProgressTests {
    private let tool = Tool()

    init() throws {
        try tool.define()
    }

    private func input() throws -> String {
        var text = "experiment,variant_id,user_id,timestamp_us\n"
        for row in 0..<150_000 { text += "\(row == 100_000 ? "none" : "button"),control,user\(row),\(row)\n" }
        return try tool.file("e.csv", text)
    }

    /// What a terminal of so many columns is sent by an import, split where the cursor goes back to the line's start.
    private func drawn(columns: Int, _ setting: String = "") throws -> [String] {
        try drawn("import exposures \(input()) --on-error skip", columns: columns, setting)
    }

    private func drawn(_ command: String, columns: Int, _ setting: String = "") throws -> [String] {
        let command = "\(Tool.executable.path) \(command) --database \(tool.database)"
        let recording = tool.folder.file("recording")
        _ = try tool.shell("script -qc 'stty cols \(columns); \(setting) \(command)' \(recording) >/dev/null")
        let text = try String(contentsOfFile: recording, encoding: .utf8)
        return text.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\r")
    }

    @Test("a bar fits the terminal, makes room for messages, and leaves nothing behind", arguments: [100, 40, 12])
    func bar(_ columns: Int) throws {
        let parts = try drawn(columns: columns)
        let states = parts.filter { $0.contains("%") && !$0.contains("reading") }
        #expect(states.count > 2)
        for state in states {
            #expect(state.hasPrefix("\u{1b}[K"))
            #expect(state.dropFirst(3).count < columns, "\(state)")
            #expect(!state.contains("\n"), "a message begins on a line that was cleared")
        }
        #expect(states.allSatisfy { $0.contains("records") } == (columns == 100))
        #expect(states.allSatisfy { $0.contains("█") || $0.contains("░") } == (columns > 12))
        #expect(parts.contains { $0.hasPrefix("\u{1b}[Kline 100002: ") })
        #expect(parts.last?.hasPrefix("\u{1b}[KImported 149,999 exposures.\n") == true)
    }

    @Test("an analysis says what it is busy with, and takes it back", arguments: ["report", "nightly --verbose"])
    func analysis(_ command: String) throws {
        let parts = try drawn(command, columns: 80)
        for step in ["reading exposures", "reading outcomes", "adding up units"] {
            #expect(parts.contains { $0.hasPrefix("\u{1b}[K") && $0.hasSuffix("\(step) …") }, "\(parts)")
        }
        #expect(parts.filter { $0.contains("…") }.allSatisfy { !$0.contains("\n") })
        let plain = try tool.run(command.components(separatedBy: " ")[0])
        #expect(plain.code == 0 && plain.errors.isEmpty && !plain.output.contains("reading"))
        #expect(try drawn(command, columns: 80, "TERM=dumb").allSatisfy { !$0.contains("\u{1b}[K") })
    }

    @Test("nothing is drawn on a terminal that cannot go back, nor into a file")
    func plain() throws {
        #expect(try drawn(columns: 80, "TERM=dumb").allSatisfy { !$0.contains("%") && !$0.contains("\u{1b}") })
        let ending = try tool.run("import", "exposures", try input(), "--again", "--on-error", "skip")
        #expect(!ending.errors.contains("\u{1b}"))
        #expect(!ending.errors.contains("%"))
    }
}
