import ExperimentJSON
import ExperimentStorage

/// Exported rows as text, line by line.
struct RowText {
    /// The format in which rows are written.
    enum Format: String, CaseIterable {
        case csv
        case ndjson
    }

    let format: Format
    let columns: [String]

    /// The text before the first row.
    var header: String { format == .csv ? columns.joined(separator: ",") + "\n" : "" }

    /// A row with its line feed; in NDJSON without the members that are nothing.
    func line(_ values: [ExportedValue]) -> [UInt8] {
        switch format {
        case .csv: Array((values.map(Self.cell).joined(separator: ",") + "\n").utf8)
        case .ndjson: object(values) + [UInt8(ascii: "\n")]
        }
    }

    /// A cell by RFC 4180; a text that is empty is quoted, so that it can be told from none.
    static func csvCell(_ text: String) -> String {
        let isPlain = !text.isEmpty && !text.utf8.contains { $0 == 0x2c || $0 == 0x22 || $0 == 0x0d || $0 == 0x0a }
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private static func cell(_ value: ExportedValue) -> String {
        switch value {
        case .null: ""
        case .text(let text), .json(let text): csvCell(text)
        case .integer(let number): String(number)
        case .real(let number): "\(number)"
        case .bool(let flag): flag ? "true" : "false"
        }
    }

    private func object(_ values: [ExportedValue]) -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            for (name, value) in zip(columns, values) {
                switch value {
                case .null: break
                case .text(let text): json.member(name, text)
                case .integer(let number): json.member(name, number)
                case .real(let number): json.member(name, number)
                case .bool(let flag): json.member(name, flag)
                case .json(let text):
                    json.name(name)
                    json.raw(text)
                }
            }
        }
        return json.bytes
    }
}
