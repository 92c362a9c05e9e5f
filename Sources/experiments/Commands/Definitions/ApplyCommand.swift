import ArgumentParser
import ExperimentDefinitions
import ExperimentDefinitionsFile
import ExperimentStorage
import Experimentation

/// `experiments apply`: makes a file's definitions true in the database.
struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Makes the definitions of a TOML file true in the database, all or none; creates the database.",
        discussion: """
            Prints what changes, and how many of the units seen so far it moves. An experiment that the file does not \
            name is untouched. Without a status a new experiment runs and an existing one stays as it is.

            A change that would bias an experiment that has run (variants, weights, less coverage, another namespace, \
            algorithm or seed) is refused. With --new-phase it opens a new phase, whose results start anew: everybody \
            keeps their variant as far as variants and weights are the same, or is shuffled anew with --re-randomise. \
            More coverage, testers, dates, goals and guardrails can change at any time. A holdout holds for phases that \
            start after it; running experiments that are not under it are named.

            Claims of a namespace are compared as they are after the whole file, so experiments may exchange ranges. \
            They must not overlap, and must be of one unit.

            A metric is a goal once and a guardrail once, and may be both: a goal that is better ships only within its \
            margin, and one whose margin is broken stops the experiment.

            Settings with a field that the algorithm does not know are refused, since the units would be assigned without \
            it. So is JSON that names a field twice or has an integer of more than 64 bits.

            Everything that is wrong with the file, and every change that is refused, is told in one run.

            EXAMPLE
              experiments apply definitions.toml --dry-run --database shop.db

            DEFINITIONS FILE
              [[experiments]]
              id = "checkout_button_color"
              status = "running"                  # draft, running, stopped
              unit = "user"                       # or "session"
              variants = [
                { id = "control",   weight = 50, is_control = true },
                { id = "treatment", weight = 50 },
              ]
              goals = ["purchase"]                # the first one decides
              guardrails = [{ metric = "latency_ms", margin = 0.02 }]
              coverage = 0.2                      # share of units that take part
              namespace = { name = "checkout", range = [0.0, 0.5] }
              overrides = { "tester-1" = "treatment" }    # never in the results
              starts_at = 2026-03-01T08:00:00Z
              ends_at = 2026-03-29T08:00:00+02:00

              [[experiments]]
              id = "checkout_copy"
              algorithm = "posthog"               # assigns as a vendor does
              seed = "copy-test"
              variants = [{ id = "control", is_control = true }, { id = "test" }]
              [experiments.settings]              # or a JSON object in quotes
              variants = [50, 50]
              conditions = [{ rollout = 20 }]

              [holdout]                           # units kept from running experiments
              share = 0.05

              [[metrics]]                         # optional
              name = "purchase"
              kind = "bool"                       # bool, numeric, count
              aggregation = "any"                 # any, sum, mean, count, max, last, days
              window = "14d"                      # d, h, m or s
              direction = "increase"              # or "decrease"

              [[metrics]]
              name = "shoes in week 1"            # derived: of what is recorded as revenue
              kind = "numeric"
              of = "revenue"
              where = { category = ["shoes", "boots"] }
              delay = "1d"                        # outcomes count from first exposure + delay on
              window = "7d"
              mature = true                       # only units count whose window is over; so by default
              absent = "zero"                     # a unit without an outcome; or "exclude"
              floor = 0
              cap = "p99.9"                       # or a number, or { percentile = 0.999, nonzero = true }

              [[metrics]]
              name = "shoes per buyer"
              ratio = { numerator = "shoes in week 1", denominator = "purchase" }

              [[metrics]]
              name = "p95 of shoes"
              quantile = 0.95
              of = "shoes in week 1"
              per = "unit"                        # or "event"; nonzero = true: only units with an outcome
            """)

    @Argument(help: "The definitions file.") var file: String
    @OptionGroup var options: DatabaseOptions
    @Flag(help: "Say what would change and who would move, and change nothing.") var dryRun = false
    @Flag(help: "Open a new phase for each experiment whose change would bias the one that runs.") var newPhase = false
    @Flag(help: "Shuffle the units of new phases anew; goes with --new-phase.") var reRandomise = false

    func validate() throws {
        guard newPhase || !reRandomise else {
            throw ValidationError("--re-randomise shuffles the units of a new phase: it goes with --new-phase.")
        }
    }

    func run() throws {
        let definitions = try read()
        if options.exists {
            try tell(change(options.administrator(), definitions, isDryRun: dryRun), definitions)
        } else {
            // Tried in an empty database, so that a refusal leaves none behind.
            let scratch = try ScratchFolder()
            let trial = try options.administrator(creating: true, at: scratch.file("plan.db"))
            let planned = try change(trial, definitions, isDryRun: true)
            if dryRun || planned.contains(where: { !$0.refusals.isEmpty }) { return try tell(planned, definitions) }
            try tell(change(options.administrator(creating: true), definitions, isDryRun: false), definitions)
        }
    }

    private func read() throws(Failure) -> Definitions {
        let bytes = try InputFile.bytes(of: file)
        do throws(DefinitionsFileError) { return try DefinitionsFile.parse(bytes, of: file) } catch {
            throw Failure(.input, "\(error)")
        }
    }

    private func change(
        _ administrator: ExperimentAdministrator, _ definitions: Definitions, isDryRun: Bool
    ) throws(Failure) -> [DefinitionChange] {
        let opening: PhaseOpening? = newPhase ? (reRandomise ? .rerandomizing : .keepingHash) : nil
        return try options.translating { () throws(ExperimentError) in
            isDryRun
                ? try administrator.preview(definitions, openingPhases: opening)
                : try administrator.applyUnlessRefused(definitions, openingPhases: opening)
        }
    }

    /// Prints what was done, or would be; ends with every refusal there is.
    private func tell(_ changes: [DefinitionChange], _ definitions: Definitions) throws(Failure) {
        let refusals = changes.flatMap { ChangeText.refusals($0) }
        if dryRun || refusals.isEmpty {
            for line in ChangeText.lines(changes, definitions) { try StandardOutput.line(line) }
        }
        guard refusals.isEmpty else { throw Failure(.input, refusals.joined(separator: "\n")) }
        if changes.isEmpty { StandardError.write("The file defines nothing.") }
    }
}
