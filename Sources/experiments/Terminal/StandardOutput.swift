import ExperimentPlatform
import ExperimentReporting
import SystemPackage

/// Where data goes.
enum StandardOutput {
    /// Writes all of a text; a full disk is an error, unlike with `print`.
    static func write(_ text: String) throws(Failure) {
        try FileOutput.write(text, to: .standardOutput, named: "standard output")
    }

    /// Colours only where a person sees them and has not asked for none (<https://no-color.org>).
    static var style: TextStyle {
        let output = FileDescriptor.standardOutput
        guard output.isTerminal else { return TextStyle() }
        let isRefused = ThisProcess.environment("NO_COLOR").map { !$0.isEmpty } ?? false
        return TextStyle(isColored: !isRefused, isASCII: !isUnicode, width: output.terminalColumns)
    }

    /// Whether the locale writes UTF-8; the first variable that is set decides (POSIX, "Environment Variables").
    private static var isUnicode: Bool {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = ThisProcess.environment(name), !value.isEmpty else { continue }
            let locale = value.lowercased()
            return locale.contains("utf-8") || locale.contains("utf8")
        }
        return false
    }

    /// Writes a line, in which nothing can control the terminal.
    static func line(_ text: String) throws(Failure) {
        try write(Escaping.visible(text) + "\n")
    }
}

/// Where messages and progress go.
enum StandardError {
    /// Writes a message of one or more lines, in which nothing can control the terminal.
    static func write(_ message: String) {
        raw(Escaping.lines(message) + "\n")
    }

    /// Writes a text as it is; for the progress bar's own control sequences.
    static func raw(_ text: String) {
        // Nobody is left to tell when this fails.
        try? FileOutput.write(text, to: .standardError, named: "standard error")
    }

    /// Whether a person is watching.
    static var isTerminal: Bool { FileDescriptor.standardError.isTerminal }

    /// Whether what was written can be replaced: not on a terminal that calls itself dumb, such as an editor's window.
    static var canRedraw: Bool { isTerminal && ThisProcess.environment("TERM") != "dumb" }

    /// The terminal's width of this moment; 80 where it has none.
    static var columns: Int { FileDescriptor.standardError.terminalColumns ?? 80 }
}
