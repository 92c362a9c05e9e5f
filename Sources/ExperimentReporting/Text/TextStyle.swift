/// Abilities of a terminal: its colours, characters and columns.
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

    /// Whether the terminal has fewer than 72 columns: then the plots go, whatever would fit.
    var isTiny: Bool { (width ?? .max) < 72 }

    var plotMarks: PlotLine.Marks { isASCII ? .ascii : .boxes }

    func mark(_ kind: VerdictText.Kind) -> String { isASCII ? kind.plainMark : kind.mark }

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

/// Lines and tables that end where the terminal does.
extension TextStyle {
    /// Broken between words so that no line takes more columns; a longer word stays whole.
    func broken(_ text: String, to columns: Int) -> [String] {
        text.split(separator: " ").reduce(into: [String]()) { lines, word in
            if let last = lines.last, TextTable.width(last) + TextTable.width(String(word)) < columns {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
    }

    /// The text as one line where it fits behind a margin, else broken between words.
    func fitted(_ text: String, margin: Int = 0) -> [String] {
        fits([text], margin: margin) ? [text] : broken(text, to: (width ?? .max) - margin)
    }

    /// A line that begins with a word in a column of its own; where it is broken, that column stays free.
    func fitted(_ start: String, _ text: String, columns: Int, margin: Int) -> [String] {
        let space = String(repeating: " ", count: columns - TextTable.width(start))
        return fitted(text, margin: margin + columns).enumerated().map { index, line in
            (index == 0 ? dim(start) + space : String(repeating: " ", count: columns)) + line
        }
    }

    /// Whether the terminal has the columns for lines without colours, behind a margin.
    func fits(_ lines: [String], margin: Int) -> Bool {
        guard let width else { return true }
        return lines.allSatisfy { TextTable.width($0) + margin <= width }
    }

    /// The first form of a table that fits, or the last one.
    func fitting<Form>(_ forms: [Form], margin: Int, _ table: (Form) -> TextTable) -> (form: Form, table: TextTable) {
        let tables = forms.map { (form: $0, table: table($0)) }
        return tables.first { fits($0.table.lines(), margin: margin) } ?? tables[tables.count - 1]
    }
}

/// Our own marks in ASCII, for terminals without UTF-8; what somebody else wrote stays as it is.
enum ASCIIText {
    static func plain(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "−", "–": plain += "-"
            case "’": plain += "'"
            case "“", "”": plain += "\""
            case "→": plain += "->"
            case "÷": plain += "/"
            case "×": plain += "x"
            case "χ": plain += "chi"
            case "²": plain += "^2"
            case "…": plain += "..."
            case "\u{a0}": plain += " "
            case "⁻": plain += "^-"
            case "⁰", "¹", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹":
                plain += scalar.properties.numericValue.map { String(Int($0)) } ?? ""
            default: plain.unicodeScalars.append(scalar)
            }
        }
        return plain
    }
}
