import ExperimentDatabase
public import Experimentation

/// A running experiment that is not under the holdout in force, since its phase began under another one or under none.
///
/// A new phase of it takes over the one in force.
public struct KeptHoldout: Sendable, Hashable {
    /// The experiment's id.
    public let experiment: String
    /// What its phase keeps; nil when nobody is held out.
    public let holdout: Holdout?

    /// Those of a file, in order of definition.
    static func all(
        at now: Int64, _ connection: borrowing Connection
    ) throws(SQLiteError) -> [KeptHoldout] {
        let current = effective(try HoldoutTable.current(connection))
        return try StoredExperiment.all(connection).compactMap { stored in
            let own = effective(stored.holdout)
            guard stored.isPhaseStarted, stored.experiment.status(at: now) == .running, own != current else {
                return nil
            }
            return KeptHoldout(experiment: stored.experiment.id, holdout: own)
        }
    }

    /// A share of 0 holds out nobody, whatever its name.
    private static func effective(_ holdout: Holdout?) -> Holdout? {
        holdout.flatMap { $0.share > 0 ? $0 : nil }
    }
}
