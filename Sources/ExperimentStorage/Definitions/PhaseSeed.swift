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
        return stems(old.seed, from: own(new)) ? old.seed : own(new)
    }

    /// Whether a stored seed is a text, or that text shuffled anew.
    static func stems(_ seed: String, from own: String) -> Bool {
        guard seed.utf8.starts(with: own.utf8) else { return false }
        let rest = seed.utf8.dropFirst(own.utf8.count)
        guard let first = rest.first else { return true }
        return first == UInt8(ascii: "#") && rest.count > 1 && rest.dropFirst().allSatisfy { 0x30...0x39 ~= $0 }
    }
}
