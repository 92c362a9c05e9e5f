import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Changes to the definitions, each in one transaction; the same for the server that owns the file and for the tool.
enum Administration {
    /// A change under way in a transaction of its own, after schedules that have begun or ended were written down.
    struct Change: ~Copyable {
        /// The moment of the change, in µs since 1970 UTC.
        let now = Date.now.microsecondsSince1970
        private let transaction: Transaction

        init(by origin: ChangeOrigin, _ connection: borrowing Connection) throws {
            let transaction = try connection.begin()
            try DefinitionAuthor.begin(origin, at: now, connection)
            try ScheduleTable.writeDown(at: now, connection)
            self.transaction = transaction
        }

        /// Ends the change without its effects.
        consuming func rollBack() { transaction.rollBack() }

        /// Keeps the change.
        consuming func commit(_ connection: borrowing Connection) throws {
            try DefinitionAuthor.end(connection)
            try transaction.commit()
        }
    }

    /// Starts an experiment at once, whatever its schedule says; nothing happens to one that runs.
    static func start(
        _ name: ExperimentName, by origin: ChangeOrigin, _ connection: borrowing Connection
    ) throws -> StatusChange {
        let change = try Change(by: origin, connection)
        let stored = try find(name, connection)
        let experiment = stored.experiment
        let isRunning = experiment.status(at: change.now) == .running
        if !isRunning {
            if experiment.status == .stopped { try checkClaim(of: experiment, connection) }
            let begun = experiment.schedule.startsAt.flatMap { $0.microsecondsSince1970 <= change.now ? $0 : nil }
            let ahead = experiment.schedule.endsAt.flatMap { $0.microsecondsSince1970 > change.now ? $0 : nil }
            try ScheduleTable.set(stored.experimentID, begun, ahead, connection)
            try ExperimentTable(now: change.now).start(stored, from: nil, connection)
        }
        let after = try read(name, connection)
        let kept = isRunning ? nil : KeptHoldout(stored, inForce: try HoldoutTable.current(connection))
        try change.commit(connection)
        return StatusChange(before: stored, after: after, isUnchanged: isRunning, keptHoldout: kept)
    }

    /// Stops an experiment, or declares the winner of a stopped one.
    static func stop(
        _ name: ExperimentName, winner: VariantName?, by origin: ChangeOrigin, _ connection: borrowing Connection
    ) throws -> StatusChange {
        let change = try Change(by: origin, connection)
        let stored = try find(name, connection)
        guard stored.experiment.status != .draft else {
            throw ExperimentError.invalid("status", "is draft: an experiment must run before it can stop")
        }
        if let winner, !stored.experiment.design.hasVariant(winner) {
            throw ExperimentError.invalid("winner", "must be one of the experiment's variants")
        }
        let kept = winner ?? stored.experiment.winner
        try ExperimentTable(now: change.now).stop(stored, winner: kept, connection)
        let after = try read(name, connection)
        try change.commit(connection)
        let isUnchanged = stored.experiment.status == .stopped && stored.experiment.winner == kept
        return StatusChange(before: stored, after: after, isUnchanged: isUnchanged, keptHoldout: nil)
    }

    /// Opens a new phase with the definition in force.
    static func openPhase(
        _ name: ExperimentName, _ opening: PhaseOpening, by origin: ChangeOrigin, _ connection: borrowing Connection
    ) throws -> StoredExperiment {
        let change = try Change(by: origin, connection)
        let stored = try find(name, connection)
        guard stored.isPhaseStarted else {
            throw ExperimentError.invalid("phase", "has not started: it can be changed without a new one")
        }
        let experiment = stored.experiment
        let seed =
            opening == .keepingHash ? stored.seed : PhaseSeed.rerandomized(experiment, phase: stored.phase + 1)
        let phases = PhaseTable(experimentID: stored.experimentID, now: change.now)
        let phaseID = try phases.add(number: stored.phase + 1, experiment, seed: seed, connection)
        if experiment.status(at: change.now) == .running {
            try PhaseTable.start(phaseID, at: change.now, connection)
        }
        let after = try read(name, connection)
        try change.commit(connection)
        return after
    }

    /// Writes down what schedules have brought about by now.
    static func writeDownSchedules(by origin: ChangeOrigin, _ connection: borrowing Connection) throws {
        try Change(by: origin, connection).commit(connection)
    }

    private static func find(
        _ name: ExperimentName, _ connection: borrowing Connection
    ) throws -> StoredExperiment {
        let stored = try DefinitionReader.find(name, connection)
        guard let stored else { throw ExperimentError.experimentNotFound(name) }
        return stored
    }

    /// The experiment as a change in this transaction leaves it; a change that makes it unreadable is refused.
    private static func read(_ name: ExperimentName, _ connection: borrowing Connection) throws -> StoredExperiment {
        do { return try find(name, connection) } catch StorageFailure.damaged(let reason) {
            throw ExperimentError.invalid("experiment", "'\(name)' could not be read after this change: \(reason)")
        }
    }

    /// Refuses a stopped experiment whose range was claimed by another in the meantime.
    private static func checkClaim(
        of experiment: Experiment, _ connection: borrowing Connection
    ) throws {
        guard let claimant = NamespaceClaimant(experiment, isStopped: false) else { return }
        let standing = try NamespaceClaimTable.all(connection)
        guard let conflict = NamespaceClaimant.conflicts(of: [claimant], with: standing).first else { return }
        throw conflict.error
    }
}
