import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

/// The step by which applying definitions adds one experiment to the file, or changes it there.
///
/// A step is worked out before anything is written, and then written in two halves: all experiments let go of the ranges
/// that they give up before any claims the ranges that it takes. So experiments can exchange ranges of a namespace, in
/// whatever order they are defined,
/// and the file never holds two claims that overlap.
struct ExperimentStep {
    let experiment: Experiment
    /// Nil for an experiment that is new in the file.
    private var plan: ChangePlan?
    private let now: Int64
    /// The range of a namespace that the experiment claims afterwards; nil for none.
    let claimant: NamespaceClaimant?
    /// Why it must not be, with what to do instead.
    private(set) var refusals: [ExperimentError] = []

    init(
        _ defined: Definitions.DefinedExperiment, openingPhases: PhaseOpening?, _ algorithms: AssignmentAlgorithms,
        at now: Int64, _ connection: borrowing Connection
    ) throws {
        experiment = defined.experiment
        self.now = now
        plan = try DefinitionReader.find(experiment.id, connection).map { old in
            ChangePlan(from: old, to: defined, openingPhases: openingPhases, at: now)
        }
        let isStopped = plan?.isStoppedAfterwards ?? (experiment.status(at: now) == .stopped)
        claimant = NamespaceClaimant(experiment, isStopped: isStopped)
        do throws(ExperimentError) {
            try algorithms.check(experiment, replacing: plan?.old.experiment)
        } catch {
            refusals.append(error.of(experiment.id))
        }
        refusals += experiment.repeatedRoles + (plan?.refusals ?? [])
    }

    /// Whether it claims what it does not claim now.
    var isClaiming: Bool { claimant != nil && !(plan?.keepsClaim ?? false) }

    /// Whether it leaves the experiment running in the phase that it is in.
    var keepsRunning: Bool { plan?.keepsRunning ?? false }

    /// The change that the step makes, as the caller is told.
    var change: DefinitionChange {
        DefinitionChange(
            .experiment(experiment.id), isNew: plan == nil && refusals.isEmpty, changes: plan?.changes ?? [],
            refusals: refusals)
    }

    /// The replay of units that would get something else; nil where none would, or the definition cannot assign here.
    func replay(
        _ opening: PhaseOpening?, _ holdout: Holdout?, _ algorithms: AssignmentAlgorithms
    ) -> UnitReplay? {
        guard let old = plan?.old else { return nil }
        // A definition that cannot assign moves nobody, and is refused for that.
        do throws(ExperimentError) {
            try algorithms.check(experiment, replacing: old.experiment)
            return try UnitReplay(old, to: experiment, opening, holdout, algorithms)
        } catch { return nil }
    }

    mutating func refuse(_ error: ExperimentError) { refusals.append(error) }

    /// The first half, inside its caller's transaction.
    mutating func release(_ connection: borrowing Connection) throws {
        try plan?.release(connection)
    }

    /// The second half.
    func claim(_ connection: borrowing Connection) throws {
        guard let plan else { return try ExperimentTable(now: now).create(experiment, connection) }
        try plan.claim(connection)
    }

    /// Reads back what both halves wrote, if anything.
    mutating func refuseIfUnreadable(_ connection: borrowing Connection) throws {
        guard plan?.changes.isEmpty != true else { return }
        if let error = try DefinitionReader.whyUnreadable(experiment.id, connection) { refuse(error) }
    }
}

extension ExperimentError {
    /// The error with the experiment named whose definition breaks the rule.
    fileprivate func of(_ experiment: ExperimentName) -> ExperimentError {
        guard case .invalidContext(let input) = self else { return self }
        return .invalid(input.field, "of '\(experiment)' \(input.rule)")
    }
}
