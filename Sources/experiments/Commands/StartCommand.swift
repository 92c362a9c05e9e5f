import ArgumentParser
import ExperimentStorage
import Experimentation
import FoundationEssentials

/// `experiments start`: a draft or stopped experiment runs from now on.
struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Starts a draft or scheduled experiment at once, or a stopped one again.",
        discussion: """
            A running server notices within a second.

            EXAMPLE
              experiments start checkout_button_color --database shop.db
            """)

    @Argument(help: "The experiment's id.") var experiment: String
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        let administrator = try options.administrator()
        let stored = try options.find(
            experiment, try options.translating { () throws(ExperimentError) in try administrator.experiments() })
        guard stored.experiment.status(at: Date.now.microsecondsSince1970) != .running else {
            return StandardError.write("\(Escaping.quoted(experiment)) is already running.")
        }
        try options.translating { () throws(ExperimentError) in try administrator.start(experiment) }
        StandardError.write("\(Escaping.quoted(experiment)) is running.")
    }
}
