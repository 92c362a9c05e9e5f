import ArgumentParser
import ExperimentDefinitions
import ExperimentStorage
import Experimentation

/// `experiments stop`: ends an experiment, and says what everybody gets from now on.
struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stops an experiment; everybody gets the winner, or the control without one.",
        discussion: """
            A running server notices within a second. A winner can also be declared later, by stopping again.

            EXAMPLE
              experiments stop checkout_button_color --winner treatment --database shop.db
            """)

    @Argument(help: "The experiment's id.") var experiment: ExperimentName
    @Option(help: "The variant everybody gets from now on.") var winner: VariantName?
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        let administrator = try options.administrator()
        let change = try options.changing(experiment, by: administrator, to: winner) { () throws(ExperimentError) in
            try administrator.stop(experiment, winner: winner)
        }
        let after = change.after.experiment
        let consequence = "everybody gets \(Escaping.quoted(after.winner ?? after.design.control.variantID))"
        StandardError.write("\(Escaping.quoted(experiment)) is stopped: \(consequence).")
    }
}
