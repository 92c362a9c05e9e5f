import ArgumentParser
import ExperimentAnalysis
import Experimentation

/// `experiments snapshot`: the public views of one moment, as tables for other programs.
struct SnapshotCommand: ParsableCommand {
    /// The format of the snapshot.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case sqlite
        case csv
    }

    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Writes the public views of one moment as indexed tables, for datasette, DuckDB, pandas and R.",
        discussion: """
            The new file is plain SQLite: a table for each view, with its rows of that moment, and `snapshot`, which says
            the moment. With --format csv it is a folder with a file a view, and parquet.sql, which makes Parquet files of
            them: cd FOLDER && duckdb -f parquet.sql.

            EXAMPLE
              experiments snapshot shop-views.db --database shop.db
              experiments snapshot monday.db --as-of 2026-01-05 --database shop.db
              experiments snapshot views --format csv --database shop.db
            """)

    @Argument(help: "The file to make, or the folder.", completion: .file()) var destination: String
    @OptionGroup var options: DatabaseOptions
    @Option(help: "What to write: sqlite or csv.") var format: Format = .sqlite
    @Option(help: Moment.help, transform: Moment.parsed) var asOf: Moment?
    @Option(help: "The phase, for each experiment that had it; the latest if not given.") var phase: Int?

    func validate() throws {
        guard phase ?? 1 >= 1 else { throw ValidationError("The phase must be 1 or more.") }
    }

    func run() throws {
        try options.checkExistence()
        switch format {
        case .sqlite: _ = try write(to: destination)
        case .csv:
            let scratch = try ScratchFolder()
            let folder = try SnapshotFolder(destination)
            try folder.fill(with: write(to: scratch.file("views.db")), of: options)
        }
        StandardError.write("Written to \(Escaping.quoted(destination)).")
    }

    private func write(to path: String) throws(Failure) -> ExperimentSnapshot {
        defer { StatusLine.clear() }
        let end = try asOf?.microseconds(options.calendar(nil))
        return try options.translating { () throws(ExperimentError) in
            try ExperimentAnalyzer(databaseAt: options.database).writeSnapshot(
                to: path, asOf: end, phase: phase
            ) {
                StatusLine.show("\($0) …")
            }
        }
    }
}
