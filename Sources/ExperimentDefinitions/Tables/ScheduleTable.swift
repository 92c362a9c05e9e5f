package import ExperimentDatabase
import Experimentation

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Writes when experiments assign units, and makes their status follow, inside its caller's transaction.
package enum ScheduleTable {
    private static let update = """
        UPDATE experiment_definition SET starts_at_us = ?2, ends_at_us = ?3 WHERE experiment_id = ?1
        """
    /// Phases that begin: one set running by hand has no schedule, and begins now; but not while it has no variants.
    private static let selectBegun = """
        SELECT p.phase_id, coalesce(e.starts_at_us, ?1)
        FROM phase_definition p CROSS JOIN experiment_definition e ON e.experiment_id = p.experiment_id
        WHERE p.started_at_us IS NULL AND e.status = 'running' AND coalesce(e.starts_at_us, ?1) <= ?1
            AND EXISTS (SELECT 1 FROM phase_variant w WHERE w.phase_id = p.phase_id AND w.is_control = 1)
        """
    private static let stopEnded = """
        UPDATE experiment_definition SET status = 'stopped', stopped_at_us = ends_at_us
        WHERE ends_at_us <= ?1 AND status = 'running'
        """
    private static let selectEnded = "SELECT 1 FROM experiment_definition WHERE ends_at_us <= ?1 AND status = 'running'"

    /// Whether the file shows already what schedules have brought about by now.
    package static func isWrittenDown(at now: Int64, _ connection: borrowing Connection) throws -> Bool {
        for sql in [selectBegun, selectEnded] {
            let select = try connection.prepare(sql)
            try select.bind(now, at: 1)
            if try select.step() { return false }
        }
        return true
    }

    /// Replaces an experiment's schedule.
    package static func set(
        _ experimentID: RowNumber<ExperimentRow>, _ startsAt: Date?, _ endsAt: Date?, _ connection: borrowing Connection
    ) throws {
        let update = try connection.prepare(Self.update)
        try update.bind(experimentID, at: 1)
        try update.bind(startsAt?.microsecondsSince1970, at: 2)
        try update.bind(endsAt?.microsecondsSince1970, at: 3)
        try update.run()
    }

    /// Writes down what schedules have brought about by now: phases that began, which are fixed from then on, and
    /// experiments that ended.
    ///
    /// Assigning does not wait for it: it goes by the dates themselves.
    package static func writeDown(at now: Int64, _ connection: borrowing Connection) throws {
        let select = try connection.prepare(selectBegun)
        try select.bind(now, at: 1)
        var begun: [(phaseID: RowNumber<PhaseRow>, start: Int64)] = []
        while try select.step() { begun.append((select.rowNumber(0), select.int64(1))) }
        for phase in begun { try PhaseTable.start(phase.phaseID, at: phase.start, connection) }
        try stopEnded(at: now, connection)
    }

    /// Stops the experiments that have ended by now.
    package static func stopEnded(at now: Int64, _ connection: borrowing Connection) throws {
        let stop = try connection.prepare(stopEnded)
        try stop.bind(now, at: 1)
        try stop.run()
    }
}
