/// What a long command is busy with, on a terminal only; it takes its line back.
enum StatusLine {
    /// Shows a text in place of the one before.
    static func show(_ text: String) {
        guard StandardError.canRedraw else { return }
        StandardError.raw("\r\u{1b}[K" + Escaping.visible(text).prefix(max(0, StandardError.columns - 1)))
    }

    /// Takes the text off the screen, so that a message can take its place.
    static func clear() { show("") }
}
