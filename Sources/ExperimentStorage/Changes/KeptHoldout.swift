import ExperimentDatabase
import ExperimentDefinitions
public import Experimentation

/// An experiment that is not under the holdout in force, since its phase began under another one or under none.
///
/// A new phase of it takes over the one in force.
public struct KeptHoldout: Sendable, Hashable {
    /// The experiment's id.
    public let experiment: ExperimentName
    /// The holdout that the experiment's phase keeps; nil when nobody is held out.
    public let holdout: Holdout?

    /// The holdouts kept by experiments that run, or will once steps were carried out, in order of definition.
    static func all(
        after steps: [ExperimentStep] = [], inForce current: Holdout, at now: Int64, _ connection: borrowing Connection
    ) throws -> [KeptHoldout] {
        let steps = Dictionary(uniqueKeysWithValues: steps.map { ($0.experiment.id, $0) })
        var kept: [KeptHoldout] = []
        // Experiments that cannot be read are named elsewhere.
        _ = try DefinitionReader.forEach(.all, connection) { stored, _ in
            let keepsRunning = steps[stored.experiment.id]?.keepsRunning
            guard keepsRunning ?? (stored.experiment.status(at: now) == .running) else { return }
            if let own = KeptHoldout(stored, inForce: current) { kept.append(own) }
        }
        return kept
    }

    /// Nil for an experiment under the holdout in force, or whose phase will take it over as it starts.
    init?(_ stored: StoredExperiment, inForce current: Holdout?) {
        let own = Self.effective(stored.holdout)
        guard stored.isPhaseStarted, own != Self.effective(current) else { return nil }
        experiment = stored.experiment.id
        holdout = own
    }

    /// A share of 0 holds out nobody, whatever its name.
    private static func effective(_ holdout: Holdout?) -> Holdout? {
        holdout.flatMap { $0.share > 0 ? $0 : nil }
    }
}
