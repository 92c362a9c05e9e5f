import ExperimentStorage
import ExperimentVendors
import Experimentation

/// The experiments of a vendor's file together with what the database defines of them beside.
struct VendorDefinitions {
    /// The definitions, in the order of the file.
    private(set) var all = Definitions()
    private let holdout: Holdout?

    init(_ plan: CarryOverPlan, _ stored: [StoredExperiment], holdout: Holdout?) throws(ExperimentError) {
        self.holdout = holdout
        let known = Dictionary(
            stored.map { (ByteString($0.experiment.id), $0.experiment) }, uniquingKeysWith: { first, _ in first })
        for experiment in plan.experiments {
            all.experiments.append(
                Definitions.DefinedExperiment(
                    try Self.keeping(known[ByteString(experiment.id)], experiment), status: experiment.status))
        }
    }

    /// What the database has beside the vendor's settings that gives units another variant than the vendor.
    func notes(_ changes: [DefinitionChange]) -> [String] {
        var notes = all.experiments.map(\.experiment).compactMap { experiment -> String? in
            let kept = [
                experiment.coverage < 1 ? "coverage" : nil, experiment.namespace.map { _ in "namespace" },
                experiment.startsAt.map { _ in "starts_at" }, experiment.endsAt.map { _ in "ends_at" },
            ].compactMap(\.self)
            guard !kept.isEmpty else { return nil }
            return "experiment \(experiment.id): defined here and kept: \(kept.joined(separator: ", ")); "
                + "who is outside gets the control"
        }
        let begins = changes.contains {
            $0.isNew || $0.changes.contains { $0 == "started" || $0.hasPrefix("new phase") }
        }
        if let holdout, holdout.share > 0, begins {
            notes.append(
                "holdout \(holdout.name): \(Weight.percent(holdout.share)) of the units get the control of what begins "
                    + "now, whatever the vendor gave them")
        }
        return notes
    }

    /// The experiment with what a vendor's file does not say and the database does: goals, guardrails, plan and testers.
    private static func keeping(_ old: Experiment?, _ new: Experiment) throws(ExperimentError) -> Experiment {
        guard let old else { return new }
        let testers = Set(new.overrides.map { ByteString($0.unitID) })
        let own = old.overrides.filter { override in
            !testers.contains(ByteString(override.unitID))
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
