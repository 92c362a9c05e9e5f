import ExperimentDefinitions
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ChangePlan {
    /// Why the experiment must not be changed so, each with what to do instead; asked before anything else is described.
    func refusals(of asked: ExperimentStatus, allowingPhases isAllowed: Bool) -> [ExperimentError] {
        var refusals: [ExperimentError] = []
        func refuse(_ field: String, _ rule: String) {
            refusals.append(.invalid(field, "of '\(new.id)' \(rule)"))
        }
        if old.isPhaseStarted {
            if old.experiment.design.unit != new.design.unit {
                refuse("unit", "cannot change once it has run; define a new experiment")
            }
            let biasing = PhaseDifferences.of(old, new).filter { $0 != .unit }
            if !biasing.isEmpty, !isAllowed {
                refuse(
                    biasing.map(\.rawValue).joined(separator: ", "),
                    "cannot change once it has run, since that would bias the results; "
                        + "put the old definition back, or open a new phase (--new-phase)")
            }
            if asked == .draft { refuse("status", "cannot be draft once it has run") }
            if old.experiment.status == .running, let start = new.schedule.startsAt,
                start != old.experiment.schedule.startsAt
            {
                refuse("starts_at", "cannot change: it has started; stop it first")
            }
        }
        if let start = startsAt, let end = new.schedule.endsAt, end <= start {
            refuse("ends_at", "must be later than its start, which is history")
        }
        if status == .stopped, let winner,
            !new.design.variants.contains(where: { $0.variantID == winner })
        {
            refuse("winner", "must be one of the variants that it is to have; name another winner, or start it")
        }
        guard old.experiment.status == .draft else { return refusals }
        if asked == .stopped { refuse("status", "is draft: an experiment must run before it can stop") }
        if asked == .running, hasEnded { refuse("ends_at", "has passed: give a later one to start it") }
        return refusals
    }
}
