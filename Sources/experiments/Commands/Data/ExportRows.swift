import ArgumentParser
import ExperimentReporting
import ExperimentStorage
import Experimentation
import SystemPackage

/// The options of every export of rows.
struct ExportOptions: ParsableArguments {
    @OptionGroup var options: DatabaseOptions
    @Option(help: "A file to write instead of standard output; it appears when it is complete.") var output: String?
    @Option(help: "How to write rows: csv or ndjson; by the output's name if not given, else ndjson.")
    var format: RowText.Format?
    @Flag(help: "Compress by gzip, as an output whose name ends in .gz is.") var gzip = false

    /// Writes a table, on request only what comes after a cursor.
    /// - Returns: How many rows there were, and where the next export goes on.
    func write(
        _ table: ExportedTable, after cursor: ExportCursor? = nil
    ) throws(Failure) -> (rows: Int, cursor: ExportCursor?) {
        if let output, [".zst", ".zstd"].contains(where: output.lowercased().hasSuffix) {
            throw Failure(
                .usage,
                "export compresses by gzip: end the name in .gz, or pipe: experiments export … | zstd > "
                    + ShellWord.quoted(output))
        }
        let reader = try options.reader()
        let export = try options.translating(reader.beginExport(of: table, after: cursor))
        let text = RowText(format: format ?? Self.format(of: output), columns: table.columns)
        var rows = 0
        func write(to file: FileDescriptor, named name: String) throws(Failure) {
            let isCompressed = gzip || output?.lowercased().hasSuffix(".gz") ?? false
            let bytes = ByteOutput(file, named: name, isCompressed: isCompressed)
            try bytes.write(text.header.utf8)
            while true {
                let page = try options.translating(export.nextPage())
                guard !page.isEmpty else { break }
                for row in page { try bytes.write(text.line(row)) }
                rows += page.count
                StatusLine.show("\(NumberText.count(rows)) rows …")
            }
            try bytes.finish()
        }
        defer { StatusLine.clear() }
        if let output {
            try FileOutput.replace(output, about: options.database, namingUnits: table.log != nil) {
                (file) throws(Failure) in
                try write(to: file, named: Escaping.visible(output))
            }
        } else {
            try write(to: .standardOutput, named: "standard output")
        }
        return (rows, export.cursor)
    }

    private static func format(of output: String?) -> RowText.Format {
        guard let name = output?.lowercased() else { return .ndjson }
        return name.hasSuffix(".csv") || name.hasSuffix(".csv.gz") ? .csv : .ndjson
    }
}

extension RowText.Format: ExpressibleByArgument {}

/// The options of an export of a log, which can go on where an earlier one ended.
struct LogExportOptions: ParsableArguments {
    @OptionGroup var rows: ExportOptions
    @Option(help: "Only rows after this one: the row_id of the last row that an earlier export wrote.")
    var after: String?
    @Option(
        help: "A file that keeps where the last export ended: it goes on from there, and writes there where it ended.",
        completion: .file())
    var cursor: String?

    func validate() throws {
        guard after == nil || cursor == nil else {
            throw ValidationError("--after and --cursor both say where to begin: give one of them.")
        }
    }

    /// Writes a log.
    func write(_ table: ExportedTable) throws(Failure) {
        var start = try after.map { (text) throws(Failure) in try Self.parsed(text) }
        if let cursor, (try? Stat(FilePath(cursor))) != nil {
            let bytes = try InputFile.bytes(of: cursor)
            let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            if !text.isEmpty { start = try Self.parsed(text) }
        }
        let (count, end) = try rows.write(table, after: start)
        // Last, so that what an interrupted export did not finish is written once more.
        if let cursor, let end { try FileOutput.replace(cursor, with: end.text + "\n") }
        StandardError.write("Exported \(NumberText.count(count)) \(table.rawValue).")
        if cursor == nil, let end { StandardError.write("The next export goes on with --after \(end.text)") }
    }

    private static func parsed(_ text: String) throws(Failure) -> ExportCursor {
        guard let cursor = ExportCursor(text) else {
            throw Failure(.input, "the cursor is not that of an export: it is the row_id of the last row")
        }
        return cursor
    }
}

/// `experiments export exposures`.
struct ExportExposuresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exposures", abstract: "Writes the log of exposures, with the id of each row.",
        discussion: """
            Columns are those that import reads, and row_id: the file's id, the log, the epoch and the number, which no other
            row of any file ever has, so that whoever gets a row twice knows it. Where a record names no phase or enrollment,
            what its time decides is written.

            EXAMPLE
              experiments export exposures --output exposures.csv.gz --database shop.db
              experiments export exposures --cursor exposures.cursor --output new.ndjson --database shop.db
            """)

    @OptionGroup var options: LogExportOptions

    func run() throws { try options.write(.exposures) }
}

/// `experiments export outcomes`.
struct ExportOutcomesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outcomes", abstract: "Writes the log of outcomes, with the id of each row.",
        discussion: """
            EXAMPLE
              experiments export outcomes --output outcomes.ndjson.gz --database shop.db
            """)

    @OptionGroup var options: LogExportOptions

    func run() throws { try options.write(.outcomes) }
}

/// `experiments export links`.
struct ExportLinksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "links", abstract: "Writes the links of sessions and users that were recorded as such.",
        discussion: """
            EXAMPLE
              experiments export links --output links.csv --database shop.db
            """)

    @OptionGroup var options: LogExportOptions

    func run() throws { try options.write(.links) }
}

/// `experiments export nights`.
struct ExportNightsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nights", abstract: "Writes the stored nights: a row each metric and variant, with the decision.",
        discussion: """
            EXAMPLE
              experiments export nights --output nights.csv --database shop.db
            """)

    @OptionGroup var options: ExportOptions

    func run() throws { _ = try options.write(.nights) }
}

/// `experiments export results`.
struct ExportResultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "results", abstract: "Writes the view results: a row each experiment, metric and variant.",
        discussion: """
            As the plain sqlite3 shell computes it; intervals, tests and verdicts are in report --format csv.

            EXAMPLE
              experiments export results --output results.csv --database shop.db
            """)

    @OptionGroup var options: ExportOptions

    func run() throws { _ = try options.write(.results) }
}
