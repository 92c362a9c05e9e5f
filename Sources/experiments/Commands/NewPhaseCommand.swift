import ArgumentParser
import ExperimentDefinitions
import ExperimentStorage
import Experimentation

/// `experiments new-phase`: results start anew.
struct NewPhaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new-phase",
        abstract: "Opens a new phase of an experiment with the definition in force; its results start anew.",
        discussion: """
            Everybody keeps their variant, or is shuffled anew so that nothing is carried over from the phase before. \
            The results of earlier phases stay: report --phase N. A phase with another definition is opened by \
            apply --new-phase.

            EXAMPLE
              experiments new-phase checkout_button_color --re-randomise --database shop.db
            """)

    @Argument(help: "The experiment's id.") var experiment: ExperimentName
    @Flag(help: "Shuffle the units anew.") var reRandomise = false
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        let administrator = try options.administrator()
        let stored = try options.changing(experiment, by: administrator) { () throws(ExperimentError) in
            try administrator.openPhase(of: experiment, reRandomise ? .rerandomizing : .keepingHash)
        }
        let consequence = reRandomise ? "everybody is shuffled anew" : "everybody keeps their variant"
        StandardError.write("\(Escaping.quoted(experiment)) is in phase \(stored.phase): \(consequence).")
    }
}
