/// What a terminal can show.
public struct TextStyle: Sendable, Hashable {
    /// Whether emphasis has the colours of a terminal (ECMA-48 SGR); never the only sign of anything.
    public var isColored: Bool
    /// Whether only ASCII characters can be shown.
    public var isASCII: Bool
    /// The columns of the terminal; nil for a file or a pipe, which have no end.
    public var width: Int?

    /// Creates a style; by default characters only, for files and pipes.
    /// - Parameters:
    ///   - isColored: Whether emphasis has colours.
    ///   - isASCII: Whether only ASCII characters can be shown.
    ///   - width: The columns of the terminal; nil for no end.
    public init(isColored: Bool = false, isASCII: Bool = false, width: Int? = nil) {
        self.isColored = isColored
        self.isASCII = isASCII
        self.width = width
    }

    /// Below 72 columns the plots go, whatever would fit.
    var isTiny: Bool { (width ?? .max) < 72 }

    var plotMarks: PlotLine.Marks { isASCII ? .ascii : .boxes }

    func mark(_ kind: VerdictWords.Kind) -> String { isASCII ? kind.plainMark : kind.mark }

    func bold(_ text: String) -> String { wrap(text, "1") }
    func dim(_ text: String) -> String { wrap(text, "2") }

    /// A text in a colour.
    func colored(_ text: String, _ tone: Tone) -> String {
        switch tone {
        case .good: wrap(text, "34")
        case .bad: wrap(text, "31")
        case .warn: wrap(text, "33")
        case .keep, .none: text
        }
    }

    private func wrap(_ text: String, _ code: String) -> String {
        isColored ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
