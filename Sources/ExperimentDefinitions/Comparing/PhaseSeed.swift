package import Experimentation

/// Seed that a phase's hash puts before the unit's id: the experiment's own text, or with `#n` behind it, from the
/// phase n on that shuffled the units anew.
package enum PhaseSeed {
    /// The seed of a phase that shuffles the units anew.
    package static func rerandomized(_ experiment: Experiment, phase: Int) -> Seed {
        Seed("\(experiment.ownSeed)#\(phase)")
    }

    /// The seed after a change to a definition, which may open a phase.
    package static func next(_ old: StoredExperiment, _ new: Experiment, opening: PhaseOpening?) -> Seed {
        if opening == .rerandomizing { return rerandomized(new, phase: old.phase + 1) }
        return old.experiment.ownSeed == new.ownSeed ? old.seed : new.ownSeed
    }

    /// The text that a definition asked for, by the seed of a phase; nil for the experiment's id.
    ///
    /// A text may end in `#n` by itself, so that is taken off only where phase n was the first one with this seed.
    package static func asked(_ seed: Seed, of experiment: ExperimentName, since phase: Int) -> Seed? {
        let asked = phase > 1 ? seed.withoutSuffix("#\(phase)") : seed
        return asked == Seed(experiment.text) ? nil : asked
    }
}

extension Seed {
    /// The text before a suffix of ASCII; itself where it does not end so, or is no longer than that.
    fileprivate func withoutSuffix(_ suffix: String) -> Seed {
        let count = suffix.utf8.count
        guard text.utf8.count > count, text.utf8.suffix(count).elementsEqual(suffix.utf8) else { return self }
        return Seed(String(text.unicodeScalars.dropLast(count)))
    }
}

/// Ways in which a new phase assigns the units that the phase before has assigned.
public enum PhaseOpening: Sendable, Hashable {
    /// The same hash assigns: as far as variants and weights are the same, everybody keeps their variant.
    case keepingHash
    /// A hash of its own assigns: everybody is shuffled anew, so that nothing is carried over from the phase before.
    case rerandomizing
}
