import ArgumentParser
import ExperimentDefinitions
import ExperimentDefinitionsFile
import ExperimentStorage
import Experimentation

/// `experiments export`: what the file holds, for other programs and other files.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes out what the database holds.",
        discussion: """
            EXAMPLE
              experiments export definitions --output experiments.toml --database shop.db
              experiments export outcomes --output outcomes.csv.gz --database shop.db
            """,
        subcommands: [
            ExportDefinitionsCommand.self, ExportExposuresCommand.self, ExportOutcomesCommand.self,
            ExportLinksCommand.self, ExportNightsCommand.self, ExportResultsCommand.self,
        ])
}

/// `experiments export definitions`: the definitions file that the database is the result of.
struct ExportDefinitionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "definitions",
        abstract: "Writes the definitions file that 'apply' would call unchanged.",
        discussion: """
            Experiments with their status, metrics that somebody defined, and the holdout. An experiment that cannot be read
            is named and left out (exit code 3).

            EXAMPLE
              experiments export definitions --output experiments.toml --database shop.db
            """)

    @OptionGroup var options: DatabaseOptions
    @Option(help: "Where to write; standard output if not given.") var output: String?

    func run() throws {
        let reader = try options.reader()
        let (definitions, damaged) = try options.translating(reader.definitions())
        let text = DefinitionsText.toml(definitions)
        if let output {
            let isNamingUnits = definitions.experiments.contains { !$0.experiment.design.overrides.isEmpty }
            try FileOutput.replace(output, with: text, about: options.database, namingUnits: isNamingUnits)
        } else {
            try StandardOutput.write(text)
        }
        guard damaged.isEmpty else {
            throw Failure(.partial, damaged.map { "\($0.reason)" }.joined(separator: "\n"))
        }
    }
}
