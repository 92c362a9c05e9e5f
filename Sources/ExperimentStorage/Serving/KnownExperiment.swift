import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

/// An experiment as a process knows it: read once, and shared by whoever needs it.
///
/// A class, so that finding one, or keeping one, copies one reference and not every part of it.
final class KnownExperiment: Sendable {
    let stored: StoredExperiment
    /// The file's count of changes after the last one of this experiment; no part of what it is, which may be as before.
    let version: Int64

    init(_ stored: consuming StoredExperiment, version: Int64) {
        self.stored = stored
        self.version = version
    }

    /// The experiment's number in the file.
    var number: RowNumber<ExperimentRow> { stored.experimentID }

    /// Whether the clock decides what becomes of it.
    var isScheduled: Bool {
        guard stored.experiment.status == .running else { return false }
        return !stored.isPhaseStarted || stored.experiment.schedule.startsAt != nil
            || stored.experiment.schedule.endsAt != nil
    }

    /// The number of a variant; so few that looking through them is quicker than hashing.
    func variantRow(_ name: VariantName) -> RowNumber<VariantRow>? {
        stored.everyVariant.first { $0.name == name }?.id
    }
}
