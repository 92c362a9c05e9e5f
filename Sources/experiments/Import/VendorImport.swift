import ExperimentStorage
import ExperimentVendors
import Experimentation
import FoundationEssentials

/// Moves the experiments of a vendor's configuration file into the database.
struct VendorImport {
    let vendor: Vendor
    let vendorOptions: VendorOptions
    let options: DatabaseOptions

    /// Reads the file, says what comes along and what does not, and writes the definitions unless it is only a plan.
    func run(_ file: String, isDry: Bool) throws(Failure) {
        let plan = try read(file)
        let changes = try changes(by: plan, isDry: isDry)
        if !isDry { try Self.check(changes, "nothing was imported:") }
        for (index, experiment) in plan.experiments.enumerated() {
            let effect = changes.map { Self.effect($0[index], experiment) } ?? "new, \(experiment.status.rawValue)"
            try StandardOutput.line("experiment \(experiment.id): \(effect)")
        }
        for item in plan.items { try StandardOutput.line("\(item.outcome.rawValue) \(item.path): \(item.reason)") }
        try Self.check(changes, "the import would be refused:")
        let count = plan.experiments.count
        StandardError.write(
            "\(isDry ? "Would import" : "Imported") \(Grouped.text(count)) experiment\(count == 1 ? "" : "s"). "
                + "Values, payloads and variables of variants stay in your code.")
        let refused = plan.items.count { $0.outcome == .refused }
        guard refused == 0 else {
            throw Failure(
                .partial, "\(Grouped.text(refused)) parts of the file are not carried over; they are named above")
        }
    }

    private func read(_ file: String) throws(Failure) -> CarryOverPlan {
        let input = file == "-" ? try InputFile.standardInput() : try InputFile.open(file)
        let bytes = try WholeFile.bytes(input, limit: 256 << 20)
        do throws(VendorFileError) {
            return try vendorOptions.plan(vendor, Data(bytes))
        } catch {
            let problems = error.problems.map { "  " + Escaping.visible("\($0)") }.joined(separator: "\n")
            throw Failure(.input, "\(Escaping.visible(input.name)): nothing was imported:\n\(problems)")
        }
    }

    /// What the import does to each experiment, or would do, where it is refused or only a plan; nil for a plan without a
    /// database, where all are new.
    private func changes(by plan: CarryOverPlan, isDry: Bool) throws(Failure) -> [DefinitionChange]? {
        guard !isDry || options.exists else { return nil }
        let administrator = try options.administrator(creating: !isDry)
        return try options.translating { () throws(ExperimentError) in
            let stored = try administrator.experiments()
            var definitions = Definitions()
            for experiment in plan.experiments {
                let old = stored.first { $0.experiment.id.isSameBytes(as: experiment.id) }?.experiment
                definitions.experiments.append(
                    Definitions.DefinedExperiment(try Self.keeping(old, experiment), status: experiment.status))
            }
            let plan = try administrator.plan(definitions)
            let isRefused = plan.contains { !$0.refusals.isEmpty }
            return isDry || isRefused ? plan : try administrator.apply(definitions)
        }
    }

    /// Ends with every refusal there is.
    private static func check(_ changes: [DefinitionChange]?, _ title: String) throws(Failure) {
        let refusals = (changes ?? []).flatMap(\.refusals)
        guard refusals.isEmpty else {
            throw Failure(.input, title + refusals.map { "\n  \($0)" }.joined())
        }
    }

    private static func effect(_ change: DefinitionChange, _ experiment: Experiment) -> String {
        if !change.refusals.isEmpty { return "refused" }
        if change.isNew { return "new, \(experiment.status.rawValue)" }
        return change.isUnchanged ? "unchanged" : "changed: " + change.changes.joined(separator: ", ")
    }

    /// The experiment with what a vendor's file does not say and the database does: goals, guardrails, plan and testers.
    private static func keeping(_ old: Experiment?, _ new: Experiment) throws(ExperimentError) -> Experiment {
        guard let old else { return new }
        let own = old.overrides.filter { override in
            !new.overrides.contains { $0.unitID.isSameBytes(as: override.unitID) }
                && new.variants.contains { $0.variantID.isSameBytes(as: override.variantID) }
        }
        return try Experiment(
            id: new.id, status: new.status, unit: new.unit, variants: new.variants, winner: new.winner,
            goals: old.goals, guardrails: old.guardrails, plan: old.plan, coverage: old.coverage,
            namespace: old.namespace,
            overrides: new.overrides + own, startsAt: old.startsAt, endsAt: old.endsAt, algorithm: new.algorithm,
            seed: new.seed, settings: new.settings)
    }
}
