/// How a terminal shows emphasis.
public enum TextStyle: Sendable, Hashable {
    /// Characters only, for files and pipes.
    case plain
    /// With the colours of a terminal (ECMA-48 SGR); never the only sign of anything.
    case colored

    func bold(_ text: String) -> String { wrap(text, "1") }
    func dim(_ text: String) -> String { wrap(text, "2") }
    func alarm(_ text: String) -> String { wrap(text, "1;31") }
    func good(_ text: String) -> String { wrap(text, "32") }
    func bad(_ text: String) -> String { wrap(text, "31") }

    private func wrap(_ text: String, _ code: String) -> String {
        self == .plain ? text : "\u{1b}[\(code)m\(text)\u{1b}[0m"
    }
}
