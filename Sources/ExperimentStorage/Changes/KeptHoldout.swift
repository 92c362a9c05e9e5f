import ExperimentDatabase
public import Experimentation

/// An experiment that is not under the holdout in force, since its phase began under another one or under none.
///
/// A new phase of it takes over the one in force.
public struct KeptHoldout: Sendable, Hashable {
    /// The experiment's id.
    public let experiment: String
    /// What its phase keeps; nil when nobody is held out.
    public let holdout: Holdout?

    /// Those of a file that run, in order of definition.
    static func all(
        at now: Int64, _ connection: borrowing Connection
    ) throws(SQLiteError) -> [KeptHoldout] {
        let current = try HoldoutTable.current(connection)
        return try StoredExperiment.all(connection).compactMap { stored in
            stored.experiment.status(at: now) == .running ? KeptHoldout(stored, inForce: current) : nil
        }
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
