import ArgumentParser
import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentReporting
import ExperimentStorage
import Experimentation

/// `experiments explain`: what one unit contributes, and why.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Lists the exposures and outcomes of a user or session: kept or discarded, and why.",
        discussion: """
            Also says what the unit adds to each metric, and what it would get now by which steps; records nothing.
            Give the id that the experiment counts. With the other id too, records that have only that one are listed
            as well: no_unit.

            EXAMPLE
              experiments explain checkout_button_color --user u1042 --database shop.db
            """)

    @Argument(help: "The experiment's id.", completion: ExperimentCompletion.ids) var experiment: ExperimentName
    @Option(help: "The user's id.") var user: UnitID?
    @Option(help: "The session's id.") var session: UnitID?
    @OptionGroup var options: DatabaseOptions
    @Option(help: Moment.help, transform: Moment.parsed)
    var asOf: Moment?
    @Option(help: "The phase to explain; the latest if not given.") var phase: Int?
    @Option(help: "Units seen in several variants: exclude them, or keep them in the first.")
    var crossovers: ReportOptions.Crossovers = .exclude
    @Option(help: "How to print: text or json.") var format: OutputFormat = .text

    func validate() throws {
        guard user != nil || session != nil else {
            throw ValidationError("Say whom to explain: --user ID, --session ID, or both.")
        }
        guard phase ?? 1 >= 1 else { throw ValidationError("The phase must be 1 or more.") }
    }

    func run() throws {
        let reader = try options.reader()
        let stored = try options.find(experiment, in: reader)
        let unit = stored.experiment.design.unit.rawValue
        guard (stored.experiment.design.unit == .user ? user : session) != nil else {
            throw Failure(.input, "the experiment counts \(unit)s: give --\(unit) ID")
        }
        var analysis = AnalysisOptions()
        analysis.asOfMicroseconds = try asOf?.microseconds(options.calendar(nil))
        analysis.phase = phase
        analysis.crossovers = crossovers == .first ? .first : .exclude
        let context = ExperimentContext(userID: user?.text, sessionID: session?.text)
        let (explanation, assignment) = try options.translating { () throws(ExperimentError) in
            (
                try ExperimentAnalyzer(databaseAt: options.database).explain(context, in: experiment, analysis),
                try reader.explainAssignment(experiment, for: context)
            )
        }
        switch format {
        case .text:
            try StandardOutput.write(
                TextExplanation.render(explanation, assignment, style: StandardOutput.style))
        case .json: try StandardOutput.write(JSONExplanation.render(explanation, assignment))
        }
    }
}
