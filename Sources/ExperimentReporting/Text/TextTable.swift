/// Columns of text, padded to the widest cell.
package struct TextTable {
    /// Side on which the cells of a column sit.
    package enum Alignment {
        case left
        case right
    }

    private let alignments: [Alignment]
    private var rows: [[String]] = []

    package init(_ alignments: [Alignment]) {
        self.alignments = alignments
    }

    package mutating func add(_ cells: [String]) {
        rows.append(cells)
    }

    /// The rows as lines, two spaces between columns; `style` is applied to whole cells after padding.
    package func lines(_ style: (_ row: Int, _ column: Int, _ cell: String) -> String = { $2 }) -> [String] {
        let widths = alignments.indices.map { column in rows.map { Self.width($0[column]) }.max() ?? 0 }
        return rows.enumerated().map { row, cells in
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - Self.width(cell))
                let isLast = column == cells.count - 1
                let text = alignments[column] == .left ? (isLast ? cell : cell + space) : space + cell
                return style(row, column, text)
            }
            let line = padded.joined(separator: "  ")
            return String(line[...(line.lastIndex { $0 != " " } ?? line.startIndex)])
        }
    }

    /// Columns a text takes on a terminal: two for East Asian wide characters and emoji.
    ///
    /// Source: Unicode Standard Annex #11; the ranges are those blocks in which every character is wide.
    package static func width(_ text: String) -> Int {
        text.reduce(0) { sum, character in
            guard let scalar = character.unicodeScalars.first?.value else { return sum }
            switch scalar {
            case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
                0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
                return sum + 2
            default: return sum + 1
            }
        }
    }
}
