import ArgumentParser
import ExperimentForwarding
import Experimentation
import Foundation
import Logging

/// The option of every command that reads a database.
struct DatabaseOption: ParsableArguments {
    /// The variable that names the database where the command line does not, as for `experiments`.
    private static let variable = "EXPERIMENTS_DATABASE"

    @Option(
        name: [.long, .customShort("d")], help: "The database file; the environment's \(Self.variable) if not given.",
        completion: .file())
    var database: String?

    /// The path; ``validate()`` sees to it that there is one.
    var path: String { database ?? ProcessInfo.processInfo.environment[Self.variable] ?? "" }

    func validate() throws {
        guard !path.isEmpty else {
            throw ValidationError("Say which database: --database FILE, or \(Self.variable) in the environment.")
        }
    }
}

/// The arguments of every command that sends or could: what is sent from where to whom.
struct ForwardingOptions: ParsableArguments {
    @Argument(help: "A TOML file of destinations.") var file: String
    @OptionGroup var database: DatabaseOption

    /// Opens the database for the destinations of the file; what a destination cannot hold, and alarms, go to standard error.
    func open(_ options: Forwarder.Options = Forwarder.Options()) async throws -> ForwardingService {
        try await ForwardingService.open(
            database: database.path, to: try DestinationsFile.read(file), options: options, logger: Self.logger)
    }

    static let logger = Logger(label: "experiments-forward") { StreamLogHandler.standardError(label: $0) }
}
