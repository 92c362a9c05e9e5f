import ArgumentParser
import ExperimentStorage

/// `experiments`: the command all others belong to.
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiments",
        abstract: "Defines A/B tests in one SQLite file, imports what happened, and reports the results.",
        discussion: """
            Data goes to standard output, messages and progress to standard error.
            Exit codes: 0 done, 1 usage, 2 database or input error, 3 partial, 4 health alarm.

            EXPERIMENTS_DATABASE in the environment stands for --database.

            EXAMPLE
              experiments demo shop.db
              experiments report --database shop.db
            """,
        version: "experiments \(ToolVersion.number), schema \(ExperimentVerifier.schemaVersion)",
        subcommands: [
            ApplyCommand.self, ImportCommand.self, ListCommand.self, ShowCommand.self, StartCommand.self,
            StopCommand.self, NewPhaseCommand.self, AssignCommand.self, ParityCommand.self, ReportCommand.self,
            ExplainCommand.self,
            PowerCommand.self, CalibrateCommand.self, NightlyCommand.self, HistoryCommand.self, VerifyCommand.self,
            BackupCommand.self, SnapshotCommand.self, SizeCommand.self, ExportCommand.self, MergeCommand.self,
            WarehouseCommand.self, EraseCommand.self, RetainCommand.self,
            DemoCommand.self,
        ])
}

/// The version of this tool.
enum ToolVersion {
    /// The version's number, by semantic versioning; below 1, anything may still change.
    static let number = "0.1.0"
}
