import Experimentation

/// What a phase's hash puts before the unit's id: the experiment's own text, or with `#n` behind it, from the phase n on
/// that shuffled the units anew.
enum PhaseSeed {
    /// The text a definition asks for.
    static func own(_ experiment: Experiment) -> String { experiment.seed ?? experiment.id }

    /// The seed of a phase that shuffles the units anew.
    static func rerandomized(_ experiment: Experiment, phase: Int) -> String { "\(own(experiment))#\(phase)" }

    /// The seed after a change to a definition, which may open a phase.
    static func next(_ old: StoredExperiment, _ new: Experiment, opening: PhaseOpening?) -> String {
        if opening == .rerandomizing { return rerandomized(new, phase: old.phase + 1) }
        return own(old.experiment).isSameBytes(as: own(new)) ? old.seed : own(new)
    }

    /// The text that a definition asked for, by the seed of a phase; nil for the experiment's id.
    ///
    /// A text may end in `#n` by itself, so that is taken off only where phase n was the first one with this seed.
    static func asked(_ seed: String, of experiment: String, since phase: Int) -> String? {
        let text = phase > 1 ? seed.withoutSuffix("#\(phase)") : seed
        return text.isSameBytes(as: experiment) ? nil : text
    }
}

extension String {
    /// The text before a suffix of ASCII; itself where it does not end so, or is no longer than that.
    fileprivate func withoutSuffix(_ suffix: String) -> String {
        guard utf8.count > suffix.utf8.count, utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        else { return self }
        return String(unicodeScalars.dropLast(suffix.utf8.count))
    }
}
