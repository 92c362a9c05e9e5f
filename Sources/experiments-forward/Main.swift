import ArgumentParser
import Experimentation
import Foundation

/// The entry of the process: parses, runs, and turns every ending into text and an exit code.
@main
enum Main {
    static func main() async {
        do {
            var command = try await ForwardCommand.asyncParseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let problem as SettingsProblem {
            complain("Error: \(problem)")
            exit(ExitStatus.input)
        } catch let error as ExperimentError {
            complain("Error: \(error)")
            exit(ExitStatus.input)
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch {
            let text = ForwardCommand.fullMessage(for: error)
            guard ForwardCommand.exitCode(for: error).isSuccess else {
                complain(text)
                // ArgumentParser's own is 64; here a command line that cannot be understood is 1, as in `experiments`.
                exit(ExitStatus.usage)
            }
            print(text)
        }
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

/// The exit codes, the same as those of `experiments`.
enum ExitStatus {
    static let usage: Int32 = 1
    static let input: Int32 = 2
    static let alarm: Int32 = 4
}

/// `experiments-forward`.
struct ForwardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiments-forward",
        abstract: "Sends what is recorded to GrowthBook, Statsig, PostHog, Optimizely or any HTTP endpoint.",
        subcommands: [
            CheckCommand.self, DrainCommand.self, RunCommand.self, StatusCommand.self, SkipCommand.self,
            ForgetCommand.self,
        ])
}
