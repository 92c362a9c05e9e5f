package import ExperimentDatabase
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
    /// Seed that the phase's hash puts before the unit's id.
    public let seed: Seed
    /// The holdout the phase is subject to: the one in force when it started; nil when nobody is held out.
    public let holdout: Holdout?
    /// Time at which the experiment was defined.
    public let createdAt: Date
    /// Time at which the experiment last started, or will by its schedule; nil for a draft.
    public let startedAt: Date?
    /// Time at which the experiment stopped; nil unless stopped.
    public let stoppedAt: Date?

    package let experimentID: RowNumber<ExperimentRow>
    package let phaseID: RowNumber<PhaseRow>
    /// Whether the phase has ever run, after which it cannot change.
    package let isPhaseStarted: Bool
    /// The phases before the one in force, by their numbers.
    package let earlierPhases: [Int: RowNumber<PhaseRow>]
    /// Variants that the experiment ever had.
    package let everyVariant: [StoredVariant]
}

/// The experiments of a file at one moment, in order of definition.
public struct ExperimentList: Sendable, Hashable {
    /// Experiments that can be read.
    public let experiments: [StoredExperiment]
    /// Experiments that cannot be read, each with what is wrong with it.
    public let damaged: [DamagedExperiment]
}

/// A variant that an experiment has or ever had, and its number in the file.
package struct StoredVariant: Sendable, Hashable {
    package let id: RowNumber<VariantRow>
    package let name: VariantName
}

/// A phase of an experiment, the one in force or an earlier one: a design with a number.
///
/// The design has no testers, who belong to the experiment whatever its phase, and whose exposures are logged as such. Its
/// coverage is the largest that the phase has had: coverage only grows while a phase runs, and growth moves nobody.
package struct StoredPhase: Sendable, Hashable {
    package let experimentID: RowNumber<ExperimentRow>
    package let experiment: ExperimentName
    /// Status of the experiment at this moment.
    package let status: ExperimentStatus
    /// Time of the experiment's last start, or of its scheduled one, in µs since 1970 UTC; nil for a draft.
    package let startedAt: Int64?
    /// Time at which the experiment was stopped, and the variant that everybody gets since; nil where that is not so.
    package let stoppedAt: Date?
    package let winner: VariantName?
    /// Analysis that decides, at this moment, in whatever phase.
    package let analysis: Experiment.Analysis
    package let phaseID: RowNumber<PhaseRow>
    /// Number of the phase, from 1.
    package let number: Int
    package let design: Experiment.Design
    package let seed: Seed
    /// The holdout the phase is subject to: the one in force when it started, or now where it has not.
    package let holdout: Holdout?
    /// Variants that the experiment ever had.
    package let everyVariant: [StoredVariant]

    /// The number of one of the design's variants.
    package func row(of variant: VariantName) -> RowNumber<VariantRow>? {
        everyVariant.first { $0.name == variant }?.id
    }
}
