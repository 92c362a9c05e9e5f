import ExperimentDefinitions
import ExperimentReporting
import ExperimentStorage
import ExperimentVendors
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The experiments of a vendor's file together with what the database defines of them beside.
struct VendorDefinitions {
    /// The definitions, in the order of the file.
    private(set) var all = Definitions()
    private let holdout: Holdout?
    /// Notes on experiments whose life here goes on otherwise than at the vendor.
    private var statusNotes: [String] = []

    init(_ carried: CarryOver, _ stored: [StoredExperiment], holdout: Holdout?) throws(ExperimentError) {
        self.holdout = holdout
        let known = Dictionary(
            stored.map { ($0.experiment.id, $0) }, uniquingKeysWith: { first, _ in first })
        for experiment in carried.experiments {
            let old = known[experiment.id]
            let status = Self.status(old, experiment)
            if status != experiment.status {
                let reason =
                    status == .draft
                    ? "over at the vendor, and has never run here: it stays a draft"
                    : "a draft at the vendor, and has run here: it is stopped"
                statusNotes.append("experiment \(experiment.id): \(reason); nobody takes part")
            }
            all.experiments.append(
                Definitions.DefinedExperiment(
                    try Self.keeping(old?.experiment, experiment, status), status: status))
        }
    }

    /// The status that the experiment is to have here: what never ran cannot stop, and what ran is no draft again.
    ///
    /// Units get the same either way, and the rest of the file is not held up. With a winner they would not.
    private static func status(_ old: StoredExperiment?, _ new: Experiment) -> ExperimentStatus {
        guard let old else { return new.status }
        if new.status == .stopped, new.winner == nil, old.experiment.status == .draft { return .draft }
        let hasRun = old.experiment.status != .draft && (old.startedAt ?? .distantFuture) <= Date()
        return new.status == .draft && hasRun ? .stopped : new.status
    }

    /// Notes on what the database has beside the vendor's settings that gives units another variant than the vendor.
    func notes(_ changes: [DefinitionChange]) -> [String] {
        var notes = all.experiments.map(\.experiment).compactMap { experiment -> String? in
            let kept = [
                experiment.design.coverage < 1 ? "coverage" : nil, experiment.design.namespace.map { _ in "namespace" },
                experiment.schedule.startsAt.map { _ in "starts_at" },
                experiment.schedule.endsAt.map { _ in "ends_at" },
            ].compactMap(\.self)
            guard !kept.isEmpty else { return nil }
            return "experiment \(experiment.id): defined here and kept: \(kept.joined(separator: ", ")); "
                + "who is outside gets the control"
        }
        let begins = changes.contains { $0.isNew || $0.changes.contains(where: \.beginsPhase) }
        notes = statusNotes + notes
        if let holdout, holdout.share > 0, begins {
            notes.append(
                "holdout \(holdout.name): \(NumberText.exactPercent(holdout.share)) of the units get the control of what begins "
                    + "now, whatever the vendor gave them")
        }
        return notes
    }

    /// The experiment with what a vendor's file does not say and the database does: goals, guardrails, plan and testers.
    private static func keeping(
        _ old: Experiment?, _ new: Experiment, _ status: ExperimentStatus
    ) throws(ExperimentError) -> Experiment {
        guard let old else { return new }
        let vendor = new.design
        let testers = Set(vendor.overrides.map(\.unitID))
        let own = old.design.overrides.filter { !testers.contains($0.unitID) && vendor.hasVariant($0.variantID) }
        let design = try Experiment.Design(
            unit: vendor.unit, variants: vendor.variants, coverage: old.design.coverage,
            namespace: old.design.namespace, overrides: vendor.overrides + own, algorithm: vendor.algorithm,
            seed: vendor.seed?.text, settings: vendor.settings?.json)
        return try Experiment(
            id: new.id.text, design: design, analysis: old.analysis, schedule: old.schedule, status: status,
            winner: new.winner?.text)
    }
}
