/// Text in a Markdown document, also in a cell of a table.
enum MarkdownText {
    /// A phrase on one line.
    static func line(_ phrase: MarkedText) -> String {
        phrase.pieces.map { piece in
            switch piece {
            case .words(let text): escaped(text)
            case .name(let text), .experiment(let text), .code(let text): code(text)
            }
        }.joined()
    }

    /// Text with every character that could mean something escaped.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in visible(text).unicodeScalars {
            switch scalar {
            case "\\", "`", "*", "_", "[", "]", "<", ">", "#", "~", "|", "&", "@": escaped += "\\"
            default: break
            }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }

    /// A code span; what would end it, or the cell, is written in a way that no renderer takes for anything else.
    ///
    /// A span is fenced by one backtick more than the text has in a row (CommonMark § 6.1). In a table a bar must be
    /// escaped even inside a span (GitHub Flavored Markdown § 4.10), and is a bar again when it is shown.
    static func code(_ text: String) -> String {
        let text = visible(text)
        guard !text.isEmpty else { return "``" }
        let longest = text.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: longest + 1)
        let space = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
        let cell = text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
        return fence + space + cell + space + fence
    }

    /// Text without characters that end a line or control anything.
    private static func visible(_ text: String) -> String {
        var visible = ""
        for scalar in text.unicodeScalars {
            let isControl =
                scalar.properties.generalCategory == .control || scalar.value == 0x2028 || scalar.value == 0x2029
            visible.unicodeScalars.append(isControl ? "\u{fffd}" : scalar)
        }
        return visible
    }
}
