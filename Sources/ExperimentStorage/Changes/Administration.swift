import ExperimentDatabase
import Experimentation
import FoundationEssentials

/// Changes to the definitions, each in one transaction; the same for the server that owns the file and for the tool.
enum Administration {
    /// Starts an experiment at once, whatever its schedule says; nothing happens to one that runs.
    /// - Returns: The holdout its phase keeps, where it goes on under another one than the one in force.
    static func start(_ name: ExperimentName, _ connection: borrowing Connection) throws(WriteError) -> KeptHoldout? {
        try change(of: name, connection) { (stored, now) throws(WriteError) in
            let experiment = stored.experiment
            guard experiment.status(at: now) != .running else { return nil }
            if experiment.status == .stopped { try checkClaim(of: experiment, connection) }
            return try database { () throws(SQLiteError) in
                let begun = experiment.startsAt.flatMap { $0.microsecondsSince1970 <= now ? $0 : nil }
                let ahead = experiment.endsAt.flatMap { $0.microsecondsSince1970 > now ? $0 : nil }
                try ScheduleTable.set(stored.experimentID, begun, ahead, connection)
                try ExperimentTable(now: now).start(stored, from: nil, connection)
                return KeptHoldout(stored, inForce: try HoldoutTable.current(connection))
            }
        }
    }

    /// Stops an experiment, or declares the winner of a stopped one.
    static func stop(_ name: ExperimentName, winner: VariantName?, _ connection: borrowing Connection)
        throws(WriteError)
    {
        try change(of: name, connection) { (stored, now) throws(WriteError) in
            guard stored.experiment.status != .draft else {
                throw .rejected(.invalid("status", "is draft: an experiment must run before it can stop"))
            }
            try check(winner: winner, of: stored.experiment)
            let kept = winner ?? stored.experiment.winner
            try database { () throws(SQLiteError) in
                try ExperimentTable(now: now).stop(stored, winner: kept, connection)
            }
        }
    }

    /// Opens a new phase with the definition in force.
    static func openPhase(
        _ name: ExperimentName, _ opening: PhaseOpening, _ connection: borrowing Connection
    ) throws(WriteError) {
        try change(of: name, connection) { (stored, now) throws(WriteError) in
            guard stored.isPhaseStarted else {
                throw .rejected(.invalid("phase", "has not started: it can be changed without a new one"))
            }
            let experiment = stored.experiment
            let seed =
                opening == .keepingHash
                ? stored.seed : PhaseSeed.rerandomized(experiment, phase: stored.phase + 1)
            try database { () throws(SQLiteError) in
                let phases = PhaseTable(experimentID: stored.experimentID, now: now)
                let phaseID = try phases.add(number: stored.phase + 1, experiment, seed: seed, connection)
                if experiment.status(at: now) == .running { try PhaseTable.start(phaseID, at: now, connection) }
            }
        }
    }

    /// Writes down what schedules have brought about by now.
    static func settle(_ connection: borrowing Connection) throws(WriteError) {
        try change(connection) { _ throws(WriteError) in }
    }

    /// Runs a change in a transaction of its own, after schedules that have begun or ended were written down.
    static func change<Value>(
        _ connection: borrowing Connection, isKept: Bool = true,
        _ body: (_ now: Int64) throws(WriteError) -> Value
    ) throws(WriteError) -> Value {
        let now = Date.now.microsecondsSince1970
        return try connection.write(isKept: isKept) { () throws(WriteError) in
            try database { () throws(SQLiteError) in try ScheduleTable.settle(at: now, connection) }
            return try body(now)
        }
    }

    /// Runs a change of one experiment, which is refused where the experiment could not be read afterwards.
    private static func change<Value>(
        of name: ExperimentName, _ connection: borrowing Connection,
        _ body: (_ stored: StoredExperiment, _ now: Int64) throws(WriteError) -> Value
    ) throws(WriteError) -> Value {
        try change(connection) { (now) throws(WriteError) in
            let value = try body(try find(name, connection), now)
            let unreadable = try database { () throws(SQLiteError) in
                try StoredExperiment.whyUnreadable(name, connection)
            }
            if let unreadable { throw .rejected(unreadable) }
            return value
        }
    }

    private static func find(
        _ name: ExperimentName, _ connection: borrowing Connection
    ) throws(WriteError) -> StoredExperiment {
        let stored = try database { () throws(SQLiteError) in try StoredExperiment.find(name, connection) }
        guard let stored else { throw .rejected(.experimentNotFound(name)) }
        return stored
    }

    /// Refuses a stopped experiment whose range was claimed by another in the meantime.
    private static func checkClaim(
        of experiment: Experiment, _ connection: borrowing Connection
    ) throws(WriteError) {
        guard let claimant = NamespaceClaimant(experiment, isStopped: false) else { return }
        let standing = try database { () throws(SQLiteError) in try NamespaceClaimTable.all(connection) }
        guard let conflict = NamespaceClaimant.conflicts(of: [claimant], with: standing).first else { return }
        throw .rejected(conflict.error)
    }

    private static func check(winner: VariantName?, of experiment: Experiment) throws(WriteError) {
        guard let winner else { return }
        guard experiment.variants.contains(where: { $0.variantID == winner }) else {
            throw .rejected(.invalid("winner", "must be one of the experiment's variants"))
        }
    }
}
