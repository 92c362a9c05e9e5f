import ArgumentParser
import ExperimentStorage
import Experimentation

/// `experiments apply`: makes a file's definitions true in the database.
struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Makes the definitions of a TOML file true in the database, all or none; creates the database.",
        discussion: """
            Prints what changed. An experiment that the file does not name is untouched. Without a status a new \
            experiment runs and an existing one stays as it is.

            EXAMPLE
              experiments apply definitions.toml --database shop.db

            DEFINITIONS FILE
              [[experiments]]
              id = "checkout_button_color"
              status = "running"                  # draft, running, stopped
              unit = "user"                       # or "session"
              variants = [
                { id = "control",   weight = 50, is_control = true },
                { id = "treatment", weight = 50 },
              ]
              goals = ["purchase"]
              guardrails = [{ metric = "latency_ms", margin = 0.02 }]

              [[metrics]]                         # optional
              name = "purchase"
              kind = "bool"                       # bool, numeric, count
              aggregation = "any"                 # any, sum, mean, count
              window = "14d"                      # d, h, m or s
              direction = "increase"              # or "decrease"
            """)

    @Argument(help: "The definitions file.") var file: String
    @OptionGroup var options: DatabaseOptions
    @Flag(help: "Open a new phase for each running experiment whose variants or weights changed.") var newPhase = false

    func run() throws {
        let definitions = try DefinitionsFile.read(file)
        let administrator = try options.administrator(creating: true)
        let changes = try options.translating { () throws(ExperimentError) in
            try administrator.apply(definitions, openingPhases: newPhase ? .keepingHash : nil)
        }
        for change in changes { try StandardOutput.line(Self.text(change, definitions)) }
        if changes.isEmpty { StandardError.write("The file defines nothing.") }
    }

    private static func text(_ change: DefinitionChange, _ definitions: Definitions) -> String {
        switch change.subject {
        case .metric(let name, let kind): "metric \(name) (\(kind)): \(effect(change, new: "new"))"
        case .holdout(let name): "holdout \(name): \(effect(change, new: "new"))"
        case .experiment(let id): "experiment \(id): \(effect(change, new: "new, \(status(id, definitions))"))"
        }
    }

    private static func effect(_ change: DefinitionChange, new: String) -> String {
        if change.isNew { return new }
        return change.isUnchanged ? "unchanged" : "changed: " + change.changes.joined(separator: ", ")
    }

    /// What a new experiment was defined as.
    private static func status(_ id: String, _ definitions: Definitions) -> String {
        let defined = definitions.experiments.first { $0.experiment.id.isSameBytes(as: id) }
        return (defined?.status ?? .running).rawValue
    }
}
