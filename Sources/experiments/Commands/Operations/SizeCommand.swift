import ArgumentParser
import ExperimentJSON
import ExperimentReporting
import ExperimentStorage
import Experimentation

/// `experiments size`: where the bytes are.
struct SizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "size",
        abstract: "Says where the bytes of a database are: by table and index, by part of a row, by experiment.",
        discussion: """
            Reads both logs from end to end, beside a server or without one, and changes nothing.

            EXAMPLE
              experiments size --database shop.db
              experiments size --format json --database shop.db
            """)

    @OptionGroup var options: DatabaseOptions
    @Option(help: "How to print: text or json.") var format: OutputFormat = .text

    func run() throws {
        let reader = try options.reader()
        let size = try options.translating(reader.size())
        switch format {
        case .json: try StandardOutput.write(SizeSummary.json(size).document)
        case .text: try StandardOutput.write(SizeText.lines(size).map { Escaping.visible($0) + "\n" }.joined())
        }
    }
}

/// Sizes for people.
enum SizeText {
    static func lines(_ size: DatabaseSize) -> [String] {
        var lines = [
            "\(bytes(size.file)) in the file, \(bytes(size.free)) of them free; \(bytes(size.log)) in its log (-wal)",
            "",
        ]
        var parts = TextTable([.right, .right, .left, .left])
        parts.add(["SIZE", "SHARE", "PART", "EMPTY"])
        for part in size.parts where part.bytes * 1_000 >= size.file {
            parts.add([
                bytes(part.bytes), NumberText.percent(Double(part.bytes) / Double(max(1, size.file))),
                part.isIndex ? "\(part.name), an index of \(part.table)" : part.name, bytes(part.unused),
            ])
        }
        lines += parts.lines()
        for (name, row) in [("exposure", size.exposure), ("outcome", size.outcome)] {
            if let row { lines += ["", sentence("an \(name)", row)] }
        }
        var experiments = TextTable([.left, .right, .right, .right])
        experiments.add(["EXPERIMENT", "EXPOSURES", "OUTCOMES", "ABOUT"])
        for row in size.experiments {
            experiments.add([
                row.experiment?.text ?? "(none named)", NumberText.count(row.exposures), NumberText.count(row.outcomes),
                bytes(row.bytes),
            ])
        }
        return lines + [""] + experiments.lines()
    }

    private static func sentence(_ name: String, _ row: DatabaseSize.RowBytes) -> String {
        let parts = [
            ("user_id", row.userID), ("session_id", row.sessionID), ("attributes", row.attributes), ("id", row.id),
            ("id in its index", row.idIndex), ("time, numbers and SQLite’s own", row.rest),
        ]
        let shown = parts.filter { $1 >= 0.5 }.map { "\($0) \(NumberText.count(Int($1.rounded())))" }
        return "\(name) takes \(NumberText.count(Int(row.total.rounded()))) bytes: \(shown.joined(separator: ", "))"
    }

    /// `19.3 MB`: decimal, as disks are sold.
    static func bytes(_ count: Int64) -> String {
        let units = ["kB", "MB", "GB", "TB"]
        guard count >= 1_000 else { return "\(count) B" }
        var (value, unit) = (Double(count) / 1_000, 0)
        while value >= 999.95, unit < units.count - 1 { (value, unit) = (value / 1_000, unit + 1) }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}

/// Sizes as JSON.
enum SizeSummary {
    static func json(_ size: DatabaseSize) -> JSONValue {
        .object([
            ("file_bytes", .integer(Int(size.file))), ("log_bytes", .integer(Int(size.log))),
            ("free_bytes", .integer(Int(size.free))), ("exposure", size.exposure.map(row) ?? .null),
            ("outcome", size.outcome.map(row) ?? .null),
            (
                "parts",
                .array(
                    size.parts.map {
                        .object([
                            ("name", .string($0.name)), ("table", .string($0.table)), ("is_index", .bool($0.isIndex)),
                            ("bytes", .integer(Int($0.bytes))), ("unused_bytes", .integer(Int($0.unused))),
                        ])
                    })
            ),
            (
                "experiments",
                .array(
                    size.experiments.map {
                        .object([
                            ("experiment", .name($0.experiment)), ("exposures", .integer($0.exposures)),
                            ("outcomes", .integer($0.outcomes)), ("bytes", .integer(Int($0.bytes))),
                        ])
                    })
            ),
        ])
    }

    private static func row(_ row: DatabaseSize.RowBytes) -> JSONValue {
        .object([
            ("rows", .integer(row.rows)), ("bytes", .number(row.total)), ("user_id", .number(row.userID)),
            ("session_id", .number(row.sessionID)), ("attributes", .number(row.attributes)), ("id", .number(row.id)),
            ("id_index", .number(row.idIndex)), ("rest", .number(row.rest)),
        ])
    }
}
