package import Experimentation

/// A field of a phase's design: what would bias the results if it changed while the phase runs.
///
/// The raw values are the keys of a definitions file.
public enum DesignField: String, Sendable, Hashable, CaseIterable {
    /// The unit that is assigned and counted.
    case unit
    /// The algorithm that assigns.
    case algorithm
    /// The settings that the algorithm is told.
    case settings
    /// The text that the hash puts before the unit's id.
    case seed
    /// The variants, and their order.
    case variants
    /// The share of the units that each variant gets.
    case weights
    /// The variant that the others are compared with.
    case control
    /// The range of a namespace.
    case namespace
    /// The share of units that take part; of a phase that has begun, only where it is lowered.
    case coverage
}

/// Differences of a phase between an experiment in the file and a definition.
package enum PhaseDifferences {
    /// The fields that differ.
    package static func of(_ old: StoredExperiment, _ new: Experiment) -> [DesignField] {
        let before = old.experiment
        var fields: [DesignField] = []
        if before.design.unit != new.design.unit { fields.append(.unit) }
        if before.design.algorithm != new.design.algorithm { fields.append(.algorithm) }
        if !AssignmentSettings.meanTheSame(before.design.settings, new.design.settings) { fields.append(.settings) }
        if before.ownSeed != new.ownSeed { fields.append(.seed) }
        if before.design.variants.map(\.variantID) != new.design.variants.map(\.variantID) {
            fields.append(.variants)
        } else if areDifferent(before.design.variants.map(\.weight), new.design.variants.map(\.weight), in: old) {
            fields.append(.weights)
        }
        if before.design.control.variantID != new.design.control.variantID { fields.append(.control) }
        if before.design.namespace != new.design.namespace { fields.append(.namespace) }
        // Raising it moves nobody.
        if old.isPhaseStarted
            ? before.design.coverage > new.design.coverage : before.design.coverage != new.design.coverage
        {
            fields.append(.coverage)
        }
        return fields
    }

    /// Whether weights differ; where the phase has started, only what assignment makes of them counts, to the last bit:
    /// nobody can move then, and the phase keeps the numbers it began with.
    private static func areDifferent(_ before: [Double], _ new: [Double], in old: StoredExperiment) -> Bool {
        old.isPhaseStarted ? WeightedChoice(before) != WeightedChoice(new) : before != new
    }
}
