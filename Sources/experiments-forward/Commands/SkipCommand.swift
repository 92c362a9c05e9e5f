import ArgumentParser
import ExperimentForwarding
import Experimentation

/// `experiments-forward skip`: moves destinations past what is recorded by now.
struct SkipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip",
        abstract: "Moves destinations past what is recorded by now, so that only later rows are sent.",
        discussion: """
            A new destination begins with the first row of the file. Where its receiver should get no history, skip it once,
            before the first drain. What is skipped is not sent later.

            EXAMPLE
              experiments-forward skip forward.toml --destination posthog --database shop.db
            """)

    @OptionGroup var options: ForwardingOptions
    @Option(help: "The destination's name in the file.") var destination: String

    func run() async throws {
        let service = try await options.open()
        let skipped: Int64?
        do {
            skipped = try await service.skip(DestinationName(destination))
        } catch {
            await service.close()
            throw error
        }
        await service.close()
        guard let skipped else { throw ValidationError("The file has no destination of this name.") }
        print("\(destination): \(skipped) rows are not sent")
    }
}
