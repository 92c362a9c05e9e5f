/// Columns of text, each as wide as its widest cell.
struct TextTable {
    private var rows: [[String]] = []

    init(header: [String]) {
        rows.append(header)
    }

    mutating func add(_ row: [String]) {
        rows.append(row.map(Escaping.visible))
    }

    /// The lines, the header first, without trailing spaces.
    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].unicodeScalars.count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                guard row[(column + 1)...].contains(where: { !$0.isEmpty }) else { break }
                line += String(repeating: " ", count: widths[column] - cell.unicodeScalars.count + 2)
            }
            return line + "\n"
        }.joined()
    }
}
