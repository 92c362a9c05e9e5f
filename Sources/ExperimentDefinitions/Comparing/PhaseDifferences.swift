package import Experimentation

/// What of a phase differs between an experiment in the file and a definition: what would bias the results if it changed
/// while the phase runs.
package enum PhaseDifferences {
    /// The fields that differ, by their names in a definitions file.
    package static func of(_ old: StoredExperiment, _ new: Experiment) -> [String] {
        let before = old.experiment
        var fields: [String] = []
        if before.design.unit != new.design.unit { fields.append("unit") }
        if before.design.algorithm != new.design.algorithm { fields.append("algorithm") }
        if !AssignmentSettings.meanTheSame(before.design.settings, new.design.settings) { fields.append("settings") }
        if before.ownSeed != new.ownSeed { fields.append("seed") }
        if before.design.variants.map(\.variantID) != new.design.variants.map(\.variantID) {
            fields.append("variants")
        } else if areDifferent(before.design.variants.map(\.weight), new.design.variants.map(\.weight), in: old) {
            fields.append("weights")
        }
        if before.design.control.variantID != new.design.control.variantID { fields.append("control") }
        if before.design.namespace != new.design.namespace { fields.append("namespace") }
        // Raising it moves nobody.
        if old.isPhaseStarted
            ? before.design.coverage > new.design.coverage : before.design.coverage != new.design.coverage
        {
            fields.append("coverage")
        }
        return fields
    }

    /// Where the phase has started only what assignment makes of weights counts, to the last bit: nobody can move then,
    /// and the phase keeps the numbers it began with.
    private static func areDifferent(_ before: [Double], _ new: [Double], in old: StoredExperiment) -> Bool {
        old.isPhaseStarted ? WeightedChoice(before) != WeightedChoice(new) : before != new
    }
}
