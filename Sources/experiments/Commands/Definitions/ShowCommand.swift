import ArgumentParser
import ExperimentDefinitions
import ExperimentJSON
import ExperimentReporting
import ExperimentStorage
import Experimentation

/// `experiments show`: one experiment in full.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows an experiment: its variants and weights, its metrics, and how much was recorded.",
        discussion: """
            EXAMPLE
              experiments show checkout_button_color --database shop.db
            """)

    @Argument(help: "The experiment's id.", completion: ExperimentCompletion.ids) var experiment: ExperimentName
    @OptionGroup var options: DatabaseOptions
    @Option(help: "How to print: text or json.") var format: OutputFormat = .text

    func run() throws {
        let reader = try options.reader()
        let stored = try options.find(experiment, in: reader)
        let counts = try options.translating(reader.recordCounts(of: stored))
        switch format {
        case .json: try StandardOutput.write(ExperimentSummary.json(stored, counts: counts).document)
        case .text: try StandardOutput.write(Self.text(stored, counts))
        }
    }

    /// Facts about the design: who takes part, where it is not simply everybody, and what hashes them.
    private static func design(_ stored: StoredExperiment) -> [(String, String)] {
        let experiment = stored.experiment
        var facts: [(String, String)] = []
        if let date = experiment.schedule.startsAt { facts.append(("starts", date.rfc3339)) }
        if let date = experiment.schedule.endsAt { facts.append(("ends", date.rfc3339)) }
        if experiment.design.coverage < 1 {
            facts.append(("coverage", NumberText.exactPercent(experiment.design.coverage)))
        }
        if let claim = experiment.design.namespace {
            let range = "\(NumberText.exact(claim.start)) to \(NumberText.exact(claim.end))"
            facts.append(("namespace", "\(claim.namespace), \(range)"))
        }
        if let holdout = stored.holdout, holdout.share > 0 {
            facts.append(("holdout", "\(holdout.name), \(NumberText.exactPercent(holdout.share))"))
        }
        if !experiment.design.overrides.isEmpty {
            let texts = experiment.design.overrides.map { "\($0.unitID): \($0.variantID)" }
            facts.append(("overrides", texts.joined(separator: ", ")))
        }
        if experiment.design.algorithm != .fnv1a64Fmix64 {
            facts.append(("algorithm", experiment.design.algorithm.rawValue))
        }
        if stored.seed != Seed(experiment.id.text) { facts.append(("seed", stored.seed.text)) }
        if let settings = experiment.design.settings { facts.append(("settings", settings.json)) }
        return facts
    }

    /// Facts about what decides.
    private static func analysis(_ analysis: Experiment.Analysis) -> [(String, String)] {
        var facts: [(String, String)] = []
        if let hypothesis = analysis.hypothesis { facts.append(("hypothesis", hypothesis.text)) }
        if let owner = analysis.owner { facts.append(("owner", owner.text)) }
        if !analysis.goals.isEmpty {
            facts.append(("goals", analysis.goals.map(\.text).joined(separator: ", ")))
        }
        if !analysis.guardrails.isEmpty {
            let texts = analysis.guardrails.map { "\($0.metric) (margin \(NumberText.exactPercent($0.margin)))" }
            facts.append(("guardrails", texts.joined(separator: ", ")))
        }
        if let units = analysis.plan?.units { facts.append(("planned units", NumberText.count(units))) }
        if let days = analysis.plan?.days { facts.append(("planned days", NumberText.count(days))) }
        if let lift = analysis.plan?.minimumLift {
            facts.append(("smallest lift that matters", NumberText.exactPercent(lift)))
        }
        if let lift = analysis.plan?.plausibleLift {
            facts.append(("largest plausible lift", NumberText.exactPercent(lift)))
        }
        if !analysis.segments.isEmpty {
            facts.append(("segments", analysis.segments.map(\.text).joined(separator: ", ")))
        }
        if analysis.covariate == .off {
            facts.append(("covariate", "off, so no interval uses each unit's past"))
        }
        if analysis.identity != .strict {
            facts.append(("identity", identity(analysis.identity)))
        }
        if analysis.isStrict { facts.append(("strict plan", "yes")) }
        return facts
    }

    /// The way in which outcomes find their unit, in words.
    private static func identity(_ identity: Identity) -> String {
        switch identity {
        case .strict: "strict: by the unit's own id alone"
        case .first: "first: by a link of the other id; of several units, the one of the oldest link"
        case .unambiguous: "unambiguous: by a link of the other id, unless it leads to several units"
        }
    }

    private static func text(_ stored: StoredExperiment, _ counts: RecordCounts) -> String {
        let experiment = stored.experiment
        var facts = [("status", experiment.status.rawValue)]
        if let winner = experiment.winner { facts.append(("winner", winner.text)) }
        facts += [("unit", experiment.design.unit.rawValue), ("phase", String(stored.phase))]
        facts.append(("defined", stored.createdAt.rfc3339))
        if let started = stored.startedAt { facts.append(("started", started.rfc3339)) }
        if let stopped = stored.stoppedAt { facts.append(("stopped", stopped.rfc3339)) }
        facts += analysis(experiment.analysis)
        facts += design(stored)
        facts += [
            ("exposures", NumberText.count(counts.exposures)),
            ("outcomes", "\(NumberText.count(counts.outcomes)) that name it; those that name no experiment count too"),
        ]

        let width = facts.map(\.0.count).max() ?? 0
        var text = Escaping.visible(experiment.id) + "\n"
        for (name, value) in facts {
            text += "  \(name)\(String(repeating: " ", count: width - name.count))  \(Escaping.visible(value))\n"
        }
        let total = experiment.design.variants.reduce(0) { $0 + $1.weight }
        var table = TextTable([.left, .right, .right, .left])
        table.add(["VARIANT", "WEIGHT", "SHARE", ""])
        for variant in experiment.design.variants {
            table.add([
                Escaping.visible(variant.variantID), NumberText.exact(variant.weight),
                NumberText.exactPercent(variant.weight / total, decimals: 1),
                variant.isControl ? "control" : "",
            ])
        }
        return text + "\n" + table.lines().map { $0 + "\n" }.joined()
    }
}
