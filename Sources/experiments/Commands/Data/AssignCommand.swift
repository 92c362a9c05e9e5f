import ArgumentParser
import ExperimentDefinitions
import ExperimentJSON
import ExperimentStorage
import Experimentation

/// `experiments assign`: the variant a unit gets.
struct AssignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign",
        abstract: "Prints the variant that a user or session gets; records nothing.",
        discussion: """
            EXAMPLE
              experiments assign checkout_button_color --user u1042 --database shop.db
            """)

    @Argument(help: "The experiment's id.", completion: ExperimentCompletion.ids) var experiment: ExperimentName
    @Option(help: "The user's id.") var user: UnitID?
    @Option(help: "The session's id.") var session: UnitID?
    @OptionGroup var options: DatabaseOptions
    @Option(help: "How to print: text or json.") var format: OutputFormat = .text

    func validate() throws {
        guard user != nil || session != nil else {
            throw ValidationError("Say who asks: --user ID, --session ID, or both.")
        }
    }

    func run() throws {
        let reader = try options.reader()
        let stored = try options.find(experiment, in: reader)
        let variant = try options.translating(
            reader.assign(stored, for: ExperimentContext(userID: user?.text, sessionID: session?.text)))
        switch format {
        case .text: try StandardOutput.line(variant.variantID.text)
        case .json:
            let answer: [JSONValue.Member] = [
                ("experiment", .name(variant.experiment)), ("variant_id", .name(variant.variantID)),
                ("is_control", .bool(variant.isControl)), ("enrollment", .string(variant.enrollment.rawValue)),
            ]
            try StandardOutput.write(JSONValue.object(answer).document)
        }
        if let reason = reason(variant.enrollment, stored.experiment) {
            StandardError.write("Not counted: \(reason).")
        }
    }

    /// Why an exposure would not count.
    private func reason(_ enrollment: Enrollment, _ experiment: Experiment) -> String? {
        switch enrollment {
        case .enrolled: return nil
        case .override: return "the \(experiment.design.unit.rawValue) is a tester of the experiment"
        case .notRunning where experiment.status != .running: return "the experiment is \(experiment.status.rawValue)"
        case .notRunning:
            let dates = [
                experiment.schedule.startsAt.map { "from \($0.rfc3339)" },
                experiment.schedule.endsAt.map { "until \($0.rfc3339)" },
            ]
            return "the experiment runs \(dates.compactMap(\.self).joined(separator: " "))"
        case .notEnrolled:
            guard (experiment.design.unit == .user ? user : session) != nil else {
                return
                    "the experiment is assigned by \(experiment.design.unit.rawValue), give --\(experiment.design.unit.rawValue)"
            }
            return
                "the \(experiment.design.unit.rawValue) is outside the experiment's coverage or namespace, or held out"
        }
    }
}
