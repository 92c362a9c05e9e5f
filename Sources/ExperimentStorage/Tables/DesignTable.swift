import ExperimentDatabase
import Experimentation

/// Writes the design of one phase, inside its caller's transaction.
struct DesignTable {
    private static let insert = """
        INSERT INTO phase_design (phase_id, settings, namespace, range_start, range_end) VALUES (?1, ?2, ?3, ?4, ?5)
        """
    private static let delete = "DELETE FROM phase_design WHERE phase_id = ?1"
    private static let setHoldout = """
        INSERT INTO phase_design (phase_id, holdout, holdout_share) VALUES (?1, ?2, ?3)
        ON CONFLICT (phase_id) DO UPDATE SET holdout = excluded.holdout, holdout_share = excluded.holdout_share
        """
    private static let insertCoverage = "INSERT INTO phase_coverage VALUES (?1, ?2, ?3)"
    private static let deleteCoverage = "DELETE FROM phase_coverage WHERE phase_id = ?1"

    let phaseID: Int64

    /// Gives a phase that has not started its design.
    func set(_ experiment: Experiment, at now: Int64, _ connection: borrowing Connection) throws(SQLiteError) {
        try clear(connection)
        if experiment.coverage < 1 { try raiseCoverage(to: experiment.coverage, at: now, connection) }
        guard experiment.settings != nil || experiment.namespace != nil else { return }
        let insert = try connection.prepare(Self.insert)
        try insert.bind(phaseID, at: 1)
        try insert.bind(experiment.settings, at: 2)
        try insert.bind(experiment.namespace?.namespace, at: 3)
        try insert.bind(experiment.namespace?.start, at: 4)
        try insert.bind(experiment.namespace?.end, at: 5)
        try insert.run()
    }

    /// Takes the design of a phase that has not started away, and with it what the phase claims.
    func clear(_ connection: borrowing Connection) throws(SQLiteError) {
        for sql in [Self.delete, Self.deleteCoverage] {
            let delete = try connection.prepare(sql)
            try delete.bind(phaseID, at: 1)
            try delete.run()
        }
    }

    /// Lets more units in.
    func raiseCoverage(
        to coverage: Double, at now: Int64, _ connection: borrowing Connection
    ) throws(SQLiteError) {
        let insert = try connection.prepare(Self.insertCoverage)
        try insert.bind(phaseID, at: 1)
        try insert.bind(coverage, at: 2)
        try insert.bind(now, at: 3)
        try insert.run()
    }

    /// Takes over the holdout in force, for good.
    func adoptHoldout(_ connection: borrowing Connection) throws(SQLiteError) {
        guard let holdout = try HoldoutTable.current(connection), holdout.share > 0 else { return }
        let set = try connection.prepare(Self.setHoldout)
        try set.bind(phaseID, at: 1)
        try set.bind(holdout.name, at: 2)
        try set.bind(holdout.share, at: 3)
        try set.run()
    }
}
