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
        let stored = try options.find(experiment, in: administrator)
        let variants = stored.experiment.design.variants.map(\.variantID)
        if let winner, !variants.contains(winner) {
            throw Failure.unknown("variant", winner, known: variants)
        }
        try options.translating { () throws(ExperimentError) in
            try administrator.stop(experiment, winner: winner)
        }
        let kept = winner ?? stored.experiment.winner
        let consequence = "everybody gets \(Escaping.quoted(kept ?? stored.experiment.design.control.variantID))"
        StandardError.write("\(Escaping.quoted(experiment)) is stopped: \(consequence).")
    }
}
