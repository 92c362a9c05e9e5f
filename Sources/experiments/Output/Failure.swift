import ArgumentParser
import Experimentation

/// An ending that is not success: what to say, and the exit code that says it to a script.
struct Failure: Error {
    /// The exit codes, the same for every command.
    enum Kind: Int32 {
        /// The command line cannot be understood.
        case usage = 1
        /// The database or the input cannot be used.
        case input = 2
        /// Part of the input was refused; the rest is stored.
        case partial = 3
        /// Everything was done, and a health check that was asked for raises an alarm.
        case alarm = 4
    }

    let kind: Kind
    /// A sentence for people; empty where all was said already.
    let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// An ending about which everything was said already.
    static func told(_ kind: Kind) -> Failure { Failure(kind, "") }

    /// Creates a failure of what the library says about a call on a database.
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - path: The database.
    init(_ error: ExperimentError, database path: String) {
        switch error {
        case .experimentNotFound(let name): self.init(.input, "there is no experiment \(Escaping.quoted(name))")
        case .invalidContext(let input): self.init(.input, input.description)
        case .backend(let failure):
            let code = failure.code == 0 ? "" : " (SQLite \(failure.code))"
            self.init(.input, "\(Escaping.visible(path)): \(failure.message)\(code)")
        }
    }

    /// A name that nothing has, and the one that was probably meant.
    static func unknown<Of>(_ what: String, _ name: Name<Of>, known: [Name<Of>]) -> Failure {
        unknown(what, name.text, known: known.map(\.text))
    }

    static func unknown(_ what: String, _ name: String, known: [String]) -> Failure {
        let hint = Suggestion.closest(to: name, among: known).map { "; did you mean \(Escaping.quoted($0))?" } ?? ""
        return Failure(.input, "there is no \(what) \(Escaping.quoted(name))\(hint)")
    }
}

/// Finds the word that makes a command line unusable, where ArgumentParser blames another: it calls an unknown command
/// an unexpected argument, and after a misspelled option it misses the option that was meant.
enum UsageProblem {
    /// The failure of an unknown command or option; nil when there is none.
    static func find(_ arguments: [String]) -> Failure? {
        guard let word = arguments.first, !word.hasPrefix("-") else { return nil }
        guard let command = command(word) else {
            let commands = RootCommand.configuration.subcommands
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

    /// The words of ArgumentParser without its usage line, which with many options is longer than a screen is wide.
    static func other(_ error: any Error, _ arguments: [String]) -> Failure {
        let words = ["experiments"] + arguments.prefix(1).filter { command($0) != nil }
        return Failure(.usage, "\(RootCommand.message(for: error))\nSee '\(words.joined(separator: " ")) --help'.")
    }

    private static func command(_ word: String) -> (any ParsableCommand.Type)? {
        RootCommand.configuration.subcommands.first { $0.configuration.commandName == word }
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
