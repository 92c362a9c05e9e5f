import ArgumentParser
import ExperimentPlatform

/// The entry of the process: parses, runs, and turns every ending into text and an exit code.
@main
enum Main {
    static func main() async {
        ThisProcess.end(await run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func run(_ arguments: [String]) async -> Int32 {
        do {
            var command = try await RootCommand.asyncParseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch let failure as Failure {
            return ending(failure)
        } catch {
            return ending(error, arguments)
        }
    }

    private static func ending(_ failure: Failure) -> Int32 {
        if !failure.message.isEmpty { StandardError.write("Error: " + failure.message) }
        return failure.kind.rawValue
    }

    /// ArgumentParser's own endings: help that was asked for, or arguments it cannot use, for which it would exit 64.
    private static func ending(_ error: any Error, _ arguments: [String]) -> Int32 {
        guard RootCommand.exitCode(for: error).isSuccess else {
            return ending(UsageProblem.find(arguments) ?? UsageProblem.other(error, arguments))
        }
        do {
            try StandardOutput.write(RootCommand.fullMessage(for: error) + "\n")
            return 0
        } catch {
            return Failure.Kind.input.rawValue
        }
    }
}
