import ExperimentDatabase
import Experimentation
import FoundationEssentials

/// Writes when experiments assign units, and makes their status follow, inside its caller's transaction.
enum ScheduleTable {
    private static let delete = "DELETE FROM experiment_schedule WHERE experiment_id = ?1"
    private static let insert = "INSERT INTO experiment_schedule VALUES (?1, ?2, ?3)"
    /// One that was set running by hand has no schedule, and begins now; but not while its variants are yet to come.
    private static let selectBegun = """
        SELECT p.phase_id, coalesce(s.start_us, ?1)
        FROM phase p CROSS JOIN experiment e ON e.experiment_id = p.experiment_id
        LEFT JOIN experiment_schedule s ON s.experiment_id = e.experiment_id
        WHERE p.started_at_us IS NULL AND e.status = 'running' AND coalesce(s.start_us, ?1) <= ?1
            AND EXISTS (SELECT 1 FROM phase_variant w WHERE w.phase_id = p.phase_id AND w.is_control = 1)
        """
    private static let stopEnded = """
        UPDATE experiment SET status = 'stopped', stopped_at_us = s.end_us
        FROM experiment_schedule s
        WHERE s.experiment_id = experiment.experiment_id AND s.end_us <= ?1 AND experiment.status = 'running'
        """

    private static let selectEnded = """
        SELECT 1 FROM experiment_schedule s CROSS JOIN experiment e ON e.experiment_id = s.experiment_id
        WHERE s.end_us <= ?1 AND e.status = 'running'
        """

    /// Whether the file shows already what schedules have brought about by now.
    static func isSettled(at now: Int64, _ connection: borrowing Connection) throws(SQLiteError) -> Bool {
        for sql in [selectBegun, selectEnded] {
            let select = try connection.prepare(sql)
            try select.bind(now, at: 1)
            if try select.step() { return false }
        }
        return true
    }

    /// Replaces an experiment's schedule.
    static func set(
        _ experimentID: Int64, _ startsAt: Date?, _ endsAt: Date?, _ connection: borrowing Connection
    ) throws(SQLiteError) {
        let delete = try connection.prepare(Self.delete)
        try delete.bind(experimentID, at: 1)
        try delete.run()
        guard startsAt != nil || endsAt != nil else { return }
        let insert = try connection.prepare(Self.insert)
        try insert.bind(experimentID, at: 1)
        try insert.bind(startsAt?.microsecondsSince1970, at: 2)
        try insert.bind(endsAt?.microsecondsSince1970, at: 3)
        try insert.run()
    }

    /// Writes down what schedules have brought about by now: phases that began, which are fixed from then on, and
    /// experiments that ended.
    ///
    /// Assigning does not wait for it: it goes by the dates themselves.
    static func settle(at now: Int64, _ connection: borrowing Connection) throws(SQLiteError) {
        let select = try connection.prepare(selectBegun)
        try select.bind(now, at: 1)
        var begun: [(phaseID: Int64, start: Int64)] = []
        try select.forEachRow { (row) throws(SQLiteError) in begun.append((row.int64(0), row.int64(1))) }
        for phase in begun { try PhaseTable.start(phase.phaseID, at: phase.start, connection) }
        try stopEnded(at: now, connection)
    }

    /// Stops the experiments that have ended by now.
    static func stopEnded(at now: Int64, _ connection: borrowing Connection) throws(SQLiteError) {
        let stop = try connection.prepare(stopEnded)
        try stop.bind(now, at: 1)
        try stop.run()
    }
}
