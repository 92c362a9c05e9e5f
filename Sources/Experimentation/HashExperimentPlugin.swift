#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A plugin that only assigns: definitions in memory, records checked and then dropped.
///
/// For tests, for previews, and for a service whose exposures are logged elsewhere. In an experiment's first phase it
/// gives every unit the variant that `ExperimentStore` gives it, so a service can start with this one and move.
public struct HashExperimentPlugin: ExperimentPlugin {
    /// `hash`.
    public let name = "hash"
    private let catalog: ExperimentCatalog

    /// Creates a plugin.
    ///
    /// Assigning looks at no clock: where an experiment has a schedule, a later plugin follows it.
    /// - Parameters:
    ///   - experiments: The definitions; ids must be unique, and those of a namespace must be of one unit and claim
    ///     ranges that don't overlap.
    ///   - holdout: The global holdout.
    ///   - algorithms: The algorithms that the definitions name.
    ///   - now: The moment at which schedules are looked at.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` when two experiments have the same id or claims that conflict,
    ///   or one names an algorithm that is not there.
    public init(
        _ experiments: [Experiment], holdout: Holdout? = nil, algorithms: AssignmentAlgorithms = .standard,
        at now: Date = .now
    ) throws(ExperimentError) {
        guard Set(experiments.map(\.id)).count == experiments.count else {
            throw .invalid("experiment", "must be unique")
        }
        let claimants = experiments.compactMap { NamespaceClaimant($0, isStopped: $0.status == .stopped) }
        if let conflict = NamespaceClaimant.conflicts(of: claimants, with: []).first { throw conflict.error }
        var assigners: [Assigner] = []
        for experiment in experiments {
            assigners.append(
                try Assigner(experiment, holdout: holdout, algorithms: algorithms, at: now.microsecondsSince1970))
        }
        catalog = ExperimentCatalog(assigners)
    }

    /// Chooses the variant by hashing; no I/O, no allocation.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - context: Who asks.
    /// - Returns: A declared variant.
    /// - Throws: As the protocol says.
    public func assign(_ experiment: String, for context: ExperimentContext) throws(ExperimentError) -> Variant {
        try catalog.assign(ExperimentName(experiment), context)
    }

    /// Checks an exposure as every plugin does, and drops it.
    /// - Parameter exposure: What was shown to whom, and when.
    /// - Throws: As the protocol says, but never ``ExperimentError/backend(_:)``.
    public func recordExposure(_ exposure: ExposureRecord) throws(ExperimentError) {
        let exposure = try exposure.validated()
        guard try catalog.design(exposure.experiment).hasVariant(exposure.variantID) else {
            throw .invalid("variant_id", "must be one of the experiment's variants")
        }
    }

    /// Checks an outcome as every plugin does, and drops it.
    /// - Parameter outcome: What was measured, of whom, and when.
    /// - Throws: As the protocol says, but never ``ExperimentError/backend(_:)``.
    public func recordOutcome(_ outcome: OutcomeRecord) throws(ExperimentError) {
        let outcome = try outcome.validated()
        if let experiment = outcome.experiment { _ = try catalog.design(experiment) }
    }
}
