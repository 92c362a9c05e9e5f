import ExperimentJSON
import Experimentation

/// Makes text from outside safe to print: whatever could move a cursor, change a colour or reorder a line is spelled out.
///
/// Ids of users and sessions may hold any of it, and so may a command line.
enum Escaping {
    /// The text with each dangerous scalar as `\u{1b}`, line feeds and tabs as `\n` and `\t`.
    static func visible(_ text: String) -> String { VisibleText.of(text) }

    static func visible<Of>(_ name: Name<Of>) -> String { visible(name.text) }

    /// A name in quotation marks, as messages mention it; a long one is cut.
    static func quoted<Of>(_ name: Name<Of>) -> String { quoted(name.text) }

    static func quoted(_ name: String) -> String { VisibleText.quoted(name) }

    /// Every line of a text made visible, its line ends kept.
    static func lines(_ text: String) -> String {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { visible(String($0)) }.joined(separator: "\n")
    }
}

/// The line that says what a long command is busy with, on a terminal only; taken back in the end.
enum StatusLine {
    /// Shows a text in place of the one before.
    static func show(_ text: String) {
        guard StandardError.canRedraw else { return }
        StandardError.raw("\r\u{1b}[K" + Escaping.visible(text).prefix(max(0, StandardError.columns - 1)))
    }

    /// Takes the text off the screen, so that a message can take its place.
    static func clear() { show("") }
}
