import ArgumentParser

/// Finds the word that makes a command line unusable, where ArgumentParser blames another: it calls an unknown command
/// an unexpected argument, and after a misspelled option it misses the option that was meant.
enum UsageProblem {
    /// The failure of an unknown command or option; nil when there is none.
    static func find(_ arguments: [String]) -> Failure? {
        guard let word = arguments.first, !word.hasPrefix("-") else { return nil }
        let commands = RootCommand.configuration.subcommands
        guard let command = commands.first(where: { $0.configuration.commandName == word }) else {
            let names = commands.compactMap { $0.configuration.commandName } + ["help"]
            return names.contains(word) ? nil : unknown("command", word, names, help: "experiments --help")
        }
        let known = options(of: command)
        for argument in arguments.dropFirst() {
            guard argument != "--" else { return nil }
            let option = argument.prefix { $0 != "=" }
            guard option.hasPrefix("--"), !known.contains(String(option)) else { continue }
            return unknown("option", String(option), known, help: "experiments \(word) --help")
        }
        return nil
    }

    /// The long options in a command's help.
    private static func options(of command: any ParsableCommand.Type) -> [String] {
        let words = RootCommand.helpMessage(for: command).split { !($0.isLetter || $0 == "-") }
        return words.filter { $0.hasPrefix("--") && $0.count > 2 }.map(String.init)
    }

    private static func unknown(_ what: String, _ word: String, _ known: [String], help: String) -> Failure {
        let message = Failure.unknown(what, word, known: known).message
        return Failure(.usage, "\(message)\nSee '\(help)'.")
    }
}
