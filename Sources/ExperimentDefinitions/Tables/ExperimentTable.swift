package import ExperimentDatabase
package import Experimentation

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Writes experiments, inside its caller's transaction.
package struct ExperimentTable {
    private static let insert = """
        INSERT INTO experiment_definition (name, unit, created_at_us, started_at_us, stopped_at_us, winner, status,
            starts_at_us, ends_at_us)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING experiment_id
        """
    private static let updateStatus = """
        UPDATE experiment_definition SET started_at_us = ?2, stopped_at_us = ?3, winner = ?4, status = ?5
        WHERE experiment_id = ?1
        """
    private static let updateUnit = "UPDATE experiment_definition SET unit = ?2 WHERE experiment_id = ?1"

    private let now: Int64

    /// - Parameter now: The moment of the change, in µs since 1970 UTC.
    package init(now: Int64) {
        self.now = now
    }

    /// Defines a new experiment with its first phase; one whose schedule has ended is stopped.
    package func create(_ experiment: Experiment, _ connection: borrowing Connection) throws {
        let status = experiment.status(at: now) == .stopped ? .stopped : experiment.status
        let ended = experiment.status == .running ? experiment.schedule.endsAt?.microsecondsSince1970 : nil
        let started = experiment.schedule.startsAt?.microsecondsSince1970 ?? now
        let stopped = status == .stopped ? ended ?? now : nil
        let insert = try connection.prepare(Self.insert)
        try insert.bind(experiment.id, at: 1)
        try insert.bind(experiment.design.unit.rawValue, at: 2)
        try insert.bind(now, at: 3)
        try insert.bind(status == .draft ? nil : min(started, stopped ?? started), at: 4)
        try insert.bind(stopped, at: 5)
        try insert.bind(experiment.winner, at: 6)
        try insert.bind(status.rawValue, at: 7)
        try insert.bind(experiment.schedule.startsAt?.microsecondsSince1970, at: 8)
        try insert.bind(experiment.schedule.endsAt?.microsecondsSince1970, at: 9)
        guard try insert.step() else { throw StorageFailure.damaged("the experiment could not be added") }
        let experimentID: RowNumber<ExperimentRow> = insert.rowNumber(0)
        insert.reset()
        let phases = PhaseTable(experimentID: experimentID, now: now)
        let phaseID = try phases.add(number: 1, experiment, seed: experiment.ownSeed, connection)
        // A scheduled phase can still change until it begins.
        if status != .draft, started <= now { try PhaseTable.start(phaseID, at: started, connection) }
        if !experiment.design.overrides.isEmpty {
            try OverrideTable.set(experimentID, experiment.design.overrides, connection)
        }
        try AnalysisTable.set(experimentID, experiment.analysis, connection)
    }

    /// Starts an experiment, or starts it again; with a date that lies ahead it begins then.
    package func start(
        _ stored: StoredExperiment, from date: Date?, _ connection: borrowing Connection
    ) throws {
        let started = max(now, date?.microsecondsSince1970 ?? now)
        try setStatus(.running, stored, started: started, stopped: nil, winner: nil, connection)
        if !stored.isPhaseStarted, started <= now { try PhaseTable.start(stored.phaseID, at: now, connection) }
    }

    /// Stops an experiment; with a winner everybody gets it from now on.
    package func stop(_ stored: StoredExperiment, winner: VariantName?, _ connection: borrowing Connection) throws {
        let stopped = stored.stoppedAt?.microsecondsSince1970 ?? now
        let started = min(stored.startedAt?.microsecondsSince1970 ?? now, stopped)
        try setStatus(.stopped, stored, started: started, stopped: stopped, winner: winner, connection)
    }

    /// Makes an experiment a draft again whose phase has never run.
    package func withdraw(_ stored: StoredExperiment, _ connection: borrowing Connection) throws {
        try setStatus(.draft, stored, started: nil, stopped: nil, winner: nil, connection)
    }

    /// Changes an experiment whose phase has never run.
    package func redefine(
        _ stored: StoredExperiment, _ experiment: Experiment, seed: Seed, _ connection: borrowing Connection
    ) throws {
        let update = try connection.prepare(Self.updateUnit)
        try update.bind(stored.experimentID, at: 1)
        try update.bind(experiment.design.unit.rawValue, at: 2)
        try update.run()
        let phases = PhaseTable(experimentID: stored.experimentID, now: now)
        try phases.replace(stored.phaseID, experiment, seed: seed, connection)
    }

    private func setStatus(
        _ status: ExperimentStatus, _ stored: StoredExperiment, started: Int64?, stopped: Int64?, winner: VariantName?,
        _ connection: borrowing Connection
    ) throws {
        let update = try connection.prepare(Self.updateStatus)
        try update.bind(stored.experimentID, at: 1)
        try update.bind(started, at: 2)
        try update.bind(stopped, at: 3)
        try update.bind(winner, at: 4)
        try update.bind(status.rawValue, at: 5)
        try update.run()
    }
}

/// Writes the testers of an experiment, inside its caller's transaction.
package enum OverrideTable {
    private static let delete = "DELETE FROM unit_override WHERE experiment_id = ?1"
    private static let insert = """
        INSERT INTO unit_override (experiment_id, unit_id, variant_id)
        SELECT ?1, ?2, variant_id FROM variant_definition WHERE experiment_id = ?1 AND name = ?3
        """

    /// Replaces them.
    package static func set(
        _ experimentID: RowNumber<ExperimentRow>, _ overrides: [VariantOverride], _ connection: borrowing Connection
    ) throws {
        let delete = try connection.prepare(Self.delete)
        try delete.bind(experimentID, at: 1)
        try delete.run()
        let insert = try connection.prepare(Self.insert)
        for override in overrides {
            try insert.bind(experimentID, at: 1)
            try insert.bind(override.unitID, at: 2)
            try insert.bind(override.variantID, at: 3)
            try insert.run()
        }
    }
}
