import ExperimentDatabase
public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// An experiment as the file holds it: its definition in the phase in force, and its dates.
public struct StoredExperiment: Sendable, Hashable {
    /// The definition, with the status and the winner of this moment.
    public let experiment: Experiment
    /// The number of the phase in force, from 1.
    public let phase: Int
    /// What the phase's hash puts before the unit's id.
    public let seed: Seed
    /// The holdout the phase is subject to: the one in force when it started; nil when nobody is held out.
    public let holdout: Holdout?
    /// When it was defined.
    public let createdAt: Date
    /// When it last started, or will by its schedule; nil for a draft.
    public let startedAt: Date?
    /// When it stopped; nil unless stopped.
    public let stoppedAt: Date?

    let experimentID: RowNumber<ExperimentRow>
    let phaseID: RowNumber<PhaseRow>
    /// Whether the phase has ever run, after which it cannot change.
    let isPhaseStarted: Bool
    /// Every variant the experiment ever had.
    let everyVariant: [StoredVariant]
}
