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
    private static let selectOverlap = """
        SELECT x.name FROM namespace_claim AS c CROSS JOIN experiment AS x ON x.experiment_id = c.experiment_id
        WHERE c.namespace = ?1 AND c.range_start < ?3 AND ?2 < c.range_end AND c.experiment_id <> ?4 LIMIT 1
        """

    let phaseID: Int64

    /// Gives a phase that has not started its design.
    func set(_ experiment: Experiment, at now: Int64, _ connection: borrowing Connection) throws(SQLiteError) {
        for sql in [Self.delete, Self.deleteCoverage] {
            let delete = try connection.prepare(sql)
            try delete.bind(phaseID, at: 1)
            try delete.run()
        }
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

    /// Refuses a claim that overlaps another experiment's, naming that one; the file would refuse it too.
    static func check(
        _ experiment: Experiment, _ experimentID: Int64, _ connection: borrowing Connection
    ) throws(WriteError) {
        guard let claim = experiment.namespace else { return }
        let other = try database { () throws(SQLiteError) -> String? in
            let select = try connection.prepare(selectOverlap)
            try select.bind(claim.namespace, at: 1)
            try select.bind(claim.start, at: 2)
            try select.bind(claim.end, at: 3)
            try select.bind(experimentID, at: 4)
            return try select.step() ? select.text(0) : nil
        }
        if let other { throw .rejected(NamespaceClaim.overlap(other, experiment.id)) }
    }
}
