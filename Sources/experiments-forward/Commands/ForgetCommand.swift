import ArgumentParser
import ExperimentForwarding
import Experimentation

/// `experiments-forward forget`: a destination that is no more.
struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Forgets a destination that is in no file of destinations any more.",
        discussion: """
            Its place among the rows goes, and what is known of rows that it refused; `experiments retain` does not keep rows
            for it any more. A destination of the same name begins with the first row of the file.

            EXAMPLE
              experiments-forward forget posthog --database shop.db
            """)

    @Argument(help: "The destination's name.") var destination: String
    @OptionGroup var options: DatabaseOption

    func run() async throws {
        guard try await ForwardingService.forget(DestinationName(destination), database: options.path) else {
            throw ValidationError("The database knows no destination of this name.")
        }
        print("\(destination): forgotten")
    }
}
