import ArgumentParser
import ExperimentAnalysis
import ExperimentReporting
import ExperimentStorage
import Experimentation
import Logging
import SystemPackage

/// `experiments demo`: a made-up shop's traffic, recorded as a server would, and its report.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Records two weeks of a made-up shop into a new file, and reports them.",
        discussion: """
            The traffic goes through the same calls a server makes, and is the same at every run.

            EXAMPLE
              experiments demo --database shop.db
            """)

    @Argument(help: ArgumentHelp("The file to create; shop.db if not given.", valueName: "file"))
    var argument: String?
    @Option(name: [.long, .customShort("d")], help: "The same, as the other commands call it.") var database: String?

    private var file: String { database ?? argument ?? DatabaseOptions.standard ?? "shop.db" }

    func validate() throws {
        guard argument == nil || database == nil else {
            throw ValidationError("Give the file once: as the argument or with --database.")
        }
    }

    func run() async throws {
        guard (try? Stat(FilePath(file))) == nil else {
            throw Failure(.input, "\(Escaping.visible(file)) is already there; the demo wants a file of its own")
        }
        do {
            try await record()
        } catch let error as ExperimentError {
            throw Failure(error, database: file)
        }
        let results = try await analyze()
        try StandardOutput.write(TextReport.render(Report(results, of: file), style: StandardOutput.style))
        try StandardOutput.write(suggestions)
    }

    private func record() async throws {
        var configuration = StoreConfiguration()
        // In the order of the traffic, so that the file is the same at every run; a server would let calls overlap.
        configuration.durability = .enqueued
        configuration.logger.logLevel = .error
        let store = try await ExperimentStore.open(at: file, configuration: configuration)
        try await store.apply(try ShopDefinitions.all())
        let plugin: any ExperimentPlugin = store
        let events = try ShopTraffic.events(plugin)
        let bar = ProgressBar(total: Int64(events.count))
        for (count, event) in events.enumerated() {
            try await event.record(with: plugin)
            if count % 256 == 0 { bar.update("recording", Int64(count), records: count) }
        }
        try await store.flush()
        await store.close()
        bar.clear()
        let users = NumberText.count(ShopTraffic.users)
        StandardError.write("Recorded \(NumberText.count(events.count)) events of \(users) customers.\n")
    }

    private func analyze() async throws -> AnalysisResults {
        do throws(ExperimentError) {
            return try await ExperimentAnalyzer(databaseAt: file).analyze()
        } catch {
            throw Failure(error, database: file)
        }
    }

    /// Three commands that show more, ready to be pasted.
    private var suggestions: String {
        let tool = ShellWord.quoted(CommandLine.arguments.first ?? "experiments")
        let file = ShellWord.quoted(self.file)
        let query = "SELECT metric, variant_id, units, mean FROM results WHERE experiment = '\(ShopDefinitions.button)'"
        return """

            Try next:
              \(tool) show \(ShopDefinitions.button) --database \(file)
              \(tool) report --format html --output report.html --by country --database \(file)
              sqlite3 -box \(file) "\(query)"

            """
    }
}
