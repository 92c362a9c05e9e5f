import ExperimentReporting
import Glibc

/// Where data goes.
enum StandardOutput {
    /// Writes all of a text; a full disk is an error, unlike with `print`.
    static func write(_ text: String) throws(Failure) {
        try FileOutput.write(text, to: STDOUT_FILENO, named: "standard output")
    }

    /// Colours only where a person sees them and has not asked for none (<https://no-color.org>).
    static var style: TextStyle {
        guard isatty(STDOUT_FILENO) == 1 else { return TextStyle() }
        let isRefused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return TextStyle(isColored: !isRefused, isASCII: !isUnicode, width: isKnown ? Int(size.ws_col) : nil)
    }

    /// Whether the locale writes UTF-8; the first variable that is set decides (POSIX, "Environment Variables").
    private static var isUnicode: Bool {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = getenv(name), value.pointee != 0 else { continue }
            let locale = String(cString: value).lowercased()
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
        try? FileOutput.write(text, to: STDERR_FILENO, named: "standard error")
    }

    /// Whether a person is watching.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether what was written can be replaced: not on a terminal that calls itself dumb, such as an editor's window.
    static var canRedraw: Bool { isTerminal && getenv("TERM").map { String(cString: $0) } != "dumb" }

    /// The terminal's width of this moment; 80 where it has none.
    static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
