public import ArgumentParser
public import ExperimentAnalysis
import ExperimentPlatform
import Experimentation

/// `experiments warehouse`: the same report from an engine that holds the rows of many servers.
struct WarehouseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warehouse", abstract: "Reports from ClickHouse, PostgreSQL, Spark or DuckDB.",
        discussion: """
            The database holds the definitions and the nights, the engine the rows that 'export' wrote. The engine counts units
            with equal values, and the report is made of these counts by the code that makes it of a file.

            EXAMPLE
              experiments warehouse sql --engine duckdb --part tables --database shop.db
              experiments warehouse report --engine postgresql --client 'psql -qAt --csv shop' --database shop.db
            """,
        subcommands: [WarehouseSQLCommand.self, WarehouseReportCommand.self])
}

extension WarehouseEngine: ExpressibleByArgument {}

/// `experiments warehouse sql`.
struct WarehouseSQLCommand: ParsableCommand {
    /// The statements to print or run.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case tables
        case load
        case query
        case all
    }

    static let configuration = CommandConfiguration(
        commandName: "sql", abstract: "Prints the statements: the tables, the load of exports, and the query.",
        discussion: """
            Rows that were loaded before are not loaded again. The query is that of the definitions in force, and its answer
            in CSV without a header is what 'warehouse report --answer' reads.

            EXAMPLE
              experiments warehouse sql --engine postgresql --part tables --database shop.db | psql shop
              experiments warehouse sql --engine duckdb --part query --database shop.db
            """)

    @OptionGroup var options: DatabaseOptions
    @Option(help: "The engine: clickhouse, postgresql, spark or duckdb.") var engine: WarehouseEngine
    @Option(help: "Which statements: tables, load, query or all.") var part: Part = .all
    @Option(help: "The export of exposures in CSV to load, as the engine's client finds it.")
    var exposures = "exposures.csv"
    @Option(help: "The export of outcomes in CSV to load, as the engine's client finds it.")
    var outcomes = "outcomes.csv"
    @OptionGroup var report: ReportOptions

    func run() throws {
        let analysis = try report.analysis(options)
        let script = try options.translating { () throws(ExperimentError) in
            try ExperimentAnalyzer(databaseAt: options.database).warehouseScript(
                for: engine, analysis, exposures: exposures, outcomes: outcomes)
        }
        switch part {
        case .tables: try StandardOutput.write(script.tables)
        case .load: try StandardOutput.write(script.load)
        case .query: try StandardOutput.write(script.query)
        case .all: try StandardOutput.write(script.tables + script.load + script.query)
        }
    }
}

/// `experiments warehouse report`.
struct WarehouseReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Runs the query by the engine's own client, and renders what comes back.",
        discussion: """
            The client is a command line that reads statements from standard input and writes rows in CSV without a header,
            such as 'psql -qAt --csv shop' or 'duckdb -csv -noheader shop.duckdb'. Keys and addresses are the client's. An
            answer to other definitions than those in force is refused, and so is one that ends early. A client that takes
            longer than its limit is ended, with all that it began; it ends, too, where this command is ended.

            Days are those of UTC, and links of sessions and users are not followed: what asks for either is refused by name.

            EXAMPLE
              experiments warehouse report --engine duckdb --client 'duckdb -csv -noheader shop.duckdb' --database shop.db
              experiments warehouse report --engine clickhouse --format json --database shop.db
            """)

    @OptionGroup var options: DatabaseOptions
    @Option(help: "The engine: clickhouse, postgresql, spark or duckdb.") var engine: WarehouseEngine
    @Option(help: "The engine's client as a command line; a usual one of the engine if not given.") var client: String?
    @Option(help: "The number of seconds that the client may take.") var limit = 3_600
    @Option(help: "A file with the answer, instead of running a client.", completion: .file()) var answer: String?
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard client == nil || answer == nil else {
            throw ValidationError("--client makes an answer and --answer has one: give one of them.")
        }
        guard limit > 0 else { throw ValidationError("--limit must be at least 1 second.") }
    }

    func run() throws {
        let analysis = try report.analysis(options)
        let bytes = try answer.map { (path) throws(Failure) in try Self.bytes(of: path) } ?? ask(analysis)
        let results = try options.translating { () throws(ExperimentError) in
            try ExperimentAnalyzer(databaseAt: options.database).analyze(answer: bytes, from: engine, analysis)
        }
        try report.write(results, of: options.database)
    }

    /// Runs the client on the query.
    private func ask(_ analysis: AnalysisOptions) throws(Failure) -> [UInt8] {
        guard let client = client ?? engine.client else {
            throw Failure(
                .usage, "say with --client what answers statements in CSV: \(engine.rawValue)'s own client does not")
        }
        let script = try options.translating { () throws(ExperimentError) in
            try ExperimentAnalyzer(databaseAt: options.database).warehouseScript(for: engine, analysis)
        }
        let scratch = try ScratchFolder()
        let (query, output, errors) = (
            scratch.file("query.sql"), scratch.file("answer.csv"), scratch.file("errors.txt")
        )
        try FileOutput.replace(query, with: script.query)
        StatusLine.show("asking \(engine.rawValue) …")
        defer { StatusLine.clear() }
        let files = [query, output, errors].map { ShellWord.quoted($0) }
        let line = "(\(client)) <\(files[0]) >\(files[1]) 2>\(files[2])"
        let ending: ShellCommand.Ending
        do { ending = try ShellCommand.run(line, limit: .seconds(limit)) } catch {
            throw Failure(.input, "the client of \(engine.rawValue) cannot be started: \(error)")
        }
        guard case .status(let status) = ending else {
            throw Failure(
                .input,
                "the client of \(engine.rawValue) was ended after \(limit) s (--limit) without an answer"
            )
        }
        guard status == 0 else {
            let said = String(decoding: try Self.bytes(of: errors), as: UTF8.self)
            let first = said.split(separator: "\n").first.map { ": \($0.prefix(300))" } ?? ""
            throw Failure(
                .input,
                "the client of \(engine.rawValue) failed\(status.map { " with \($0)" } ?? "")\(Escaping.visible(first))"
            )
        }
        return try Self.bytes(of: output)
    }

    /// An answer is as long as there are different values of units, so it is read as a whole.
    private static func bytes(of path: String) throws(Failure) -> [UInt8] {
        try InputFile.open(path).bytes(atMost: 512 << 20)
    }
}
