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
        for row in 0..<30_000 { text += "\(row == 20_000 ? "none" : "button"),control,user\(row),\(row)\n" }
        return try tool.file("e.csv", text)
    }

    /// A line for the shell that runs the tool and holds it up again and again.
    ///
    /// A bar is drawn every tenth of a second, and how many rows are imported meanwhile depends on the machine.
    private func heldUp(_ command: String) -> String {
        """
        \(Tool.executable) \(command) --database \(tool.database) & tool=$!
        for i in 1 2 3 4 5; do sleep 0.01; kill -STOP $tool; sleep 0.11; kill -CONT $tool; done 2>/dev/null
        wait $tool
        """
    }

    /// The text that an import sends a terminal of some columns, split where the cursor goes back to a line's start.
    private func drawnByImport(columns: Int, _ setting: String = "") throws -> [String] {
        try drawn(heldUp("import exposures \(input()) --on-error skip"), columns: columns, setting)
    }

    private func drawn(_ line: String, columns: Int, _ setting: String = "") throws -> [String] {
        let recording = tool.folder.file("recording")
        let script = try tool.file("script.sh", "stty cols \(columns)\n\(setting)\n\(line)\n")
        _ = try tool.shell("script -qc 'sh \(script)' \(recording) >/dev/null")
        let text = try String(contentsOfFile: recording, encoding: .utf8)
        return text.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\r")
    }

    @Test("a bar fits the terminal, makes room for messages, and leaves nothing behind", arguments: [100, 40, 12])
    func bar(_ columns: Int) throws {
        let parts = try drawnByImport(columns: columns)
        let states = parts.filter { $0.contains("%") && !$0.contains("reading") }
        #expect(states.count > 2)
        for state in states {
            #expect(state.hasPrefix("\u{1b}[K"))
            #expect(state.dropFirst(3).count < columns, "\(state)")
            #expect(!state.contains("\n"), "a message begins on a line that was cleared")
        }
        #expect(states.allSatisfy { $0.contains("records") } == (columns == 100))
        #expect(states.allSatisfy { $0.contains("█") || $0.contains("░") } == (columns > 12))
        #expect(parts.contains { $0.hasPrefix("\u{1b}[Kline 20002: ") })
        // The message may have been the last that was drawn over a bar.
        let last = parts.last ?? ""
        #expect(last.hasPrefix("\u{1b}[K") && last.contains("Imported 29,999 exposures.\n") && !last.contains("%"))
    }

    @Test("an analysis says what it is busy with, and takes it back", arguments: ["report", "nightly --verbose"])
    func analysis(_ command: String) throws {
        let line = "\(Tool.executable) \(command) --database \(tool.database)"
        let parts = try drawn(line, columns: 80)
        for step in ["reading exposures", "reading outcomes", "adding up units"] {
            #expect(parts.contains { $0.hasPrefix("\u{1b}[K") && $0.hasSuffix("\(step) …") }, "\(parts)")
        }
        #expect(parts.filter { $0.contains("…") }.allSatisfy { !$0.contains("\n") })
        let plain = try tool.run(command.components(separatedBy: " ")[0])
        #expect(plain.code == 0 && plain.errors.isEmpty && !plain.output.contains("reading"))
        #expect(try drawn(line, columns: 80, "export TERM=dumb").allSatisfy { !$0.contains("\u{1b}[K") })
    }

    @Test("nothing is drawn on a terminal that cannot go back, nor into a file")
    func plain() throws {
        let dumb = try drawnByImport(columns: 80, "export TERM=dumb")
        #expect(dumb.allSatisfy { !$0.contains("%") && !$0.contains("\u{1b}") })
        #expect(dumb.last?.contains("Imported 29,999 exposures.") == true)
        let errors = try tool.shell(heldUp("import exposures \(input()) --again --on-error skip"))
        #expect(errors.contains("Imported 29,999 exposures."))
        #expect(!errors.contains("\u{1b}"))
        #expect(!errors.contains("%"))
    }
}
