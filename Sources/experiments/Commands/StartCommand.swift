import ArgumentParser
import ExperimentDefinitions
import ExperimentStorage
import Experimentation

/// `experiments start`: a draft or stopped experiment runs from now on.
struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Starts a draft or scheduled experiment at once, or a stopped one again.",
        discussion: """
            A running server notices within a second. A stopped experiment goes on in the phase it was stopped in, under \
            the holdout that phase began with, which is named where another one is in force by now.

            EXAMPLE
              experiments start checkout_button_color --database shop.db
            """)

    @Argument(help: "The experiment's id.") var experiment: ExperimentName
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        let administrator = try options.administrator()
        let change = try options.changing(experiment, by: administrator) { () throws(ExperimentError) in
            try administrator.start(experiment)
        }
        guard !change.isUnchanged else {
            return StandardError.write("\(Escaping.quoted(experiment)) is already running.")
        }
        StandardError.write("\(Escaping.quoted(experiment)) is running.")
        if let kept = change.keptHoldout {
            StandardError.write("It is not under the holdout in force: \(ChangeText.consequence(of: kept)).")
        }
    }
}
