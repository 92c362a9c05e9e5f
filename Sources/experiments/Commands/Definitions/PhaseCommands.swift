import ArgumentParser
import ExperimentDefinitions
import ExperimentJSON
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

    @Argument(help: "The experiment's id.", completion: ExperimentCompletion.ids) var experiment: ExperimentName
    @OptionGroup var options: DatabaseOptions
    @Option(help: "How to print what it is afterwards: text or json.") var format: OutputFormat = .text

    func run() throws {
        let administrator = try options.administrator()
        let change = try options.changing(experiment, by: administrator) { () throws(ExperimentError) in
            try administrator.start(experiment)
        }
        if format == .json { return try StandardOutput.write(ExperimentSummary.json(change.after).document) }
        guard !change.isUnchanged else {
            return StandardError.write("\(Escaping.quoted(experiment)) is already running.")
        }
        StandardError.write("\(Escaping.quoted(experiment)) is running.")
        if let kept = change.keptHoldout {
            StandardError.write("It is not under the holdout in force: \(ChangeText.consequence(of: kept)).")
        }
    }
}

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

    @Argument(help: "The experiment's id.", completion: ExperimentCompletion.ids) var experiment: ExperimentName
    @Option(help: "The variant everybody gets from now on.") var winner: VariantName?
    @OptionGroup var options: DatabaseOptions
    @Option(help: "How to print what it is afterwards: text or json.") var format: OutputFormat = .text

    func run() throws {
        let administrator = try options.administrator()
        let change = try options.changing(experiment, by: administrator, to: winner) { () throws(ExperimentError) in
            try administrator.stop(experiment, winner: winner)
        }
        if format == .json { return try StandardOutput.write(ExperimentSummary.json(change.after).document) }
        let after = change.after.experiment
        let consequence = "everybody gets \(Escaping.quoted(after.winner ?? after.design.control.variantID))"
        StandardError.write("\(Escaping.quoted(experiment)) is stopped: \(consequence).")
    }
}

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

    @Argument(help: "The experiment's id.", completion: ExperimentCompletion.ids) var experiment: ExperimentName
    @Flag(help: "Shuffle the units anew.") var reRandomise = false
    @OptionGroup var options: DatabaseOptions
    @Option(help: "How to print what it is afterwards: text or json.") var format: OutputFormat = .text

    func run() throws {
        let administrator = try options.administrator()
        let stored = try options.changing(experiment, by: administrator) { () throws(ExperimentError) in
            try administrator.openPhase(of: experiment, reRandomise ? .rerandomizing : .keepingHash)
        }
        if format == .json { return try StandardOutput.write(ExperimentSummary.json(stored).document) }
        let consequence = reRandomise ? "everybody is shuffled anew" : "everybody keeps their variant"
        StandardError.write("\(Escaping.quoted(experiment)) is in phase \(stored.phase): \(consequence).")
    }
}
