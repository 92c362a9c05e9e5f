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
