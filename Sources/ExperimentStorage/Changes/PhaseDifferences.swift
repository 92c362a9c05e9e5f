import Experimentation

/// What of a phase differs between an experiment in the file and a definition: what would bias the results if it changed
/// while the phase runs.
enum PhaseDifferences {
    /// The fields that differ, by their names in a definitions file.
    static func of(_ old: StoredExperiment, _ new: Experiment) -> [String] {
        let before = old.experiment
        var fields: [String] = []
        if before.unit != new.unit { fields.append("unit") }
        if before.algorithm != new.algorithm { fields.append("algorithm") }
        if !AssignmentSettings.meanTheSame(before.settings, new.settings) { fields.append("settings") }
        if before.ownSeed != new.ownSeed { fields.append("seed") }
        if before.variants.map(\.variantID) != new.variants.map(\.variantID) {
            fields.append("variants")
        } else if areDifferent(before.variants.map(\.weight), new.variants.map(\.weight), in: old) {
            fields.append("weights")
        }
        if before.control.variantID != new.control.variantID { fields.append("control") }
        if before.namespace != new.namespace { fields.append("namespace") }
        // Raising it moves nobody.
        if old.isPhaseStarted ? before.coverage > new.coverage : before.coverage != new.coverage {
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
