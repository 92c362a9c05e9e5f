import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

/// Assigns the units an experiment has seen once more, by two definitions.
struct UnitReplay {
    private static let selectUnits = """
        SELECT DISTINCT CASE ?2 WHEN 'user' THEN user_id ELSE session_id END AS unit_id
        FROM decided_exposure WHERE phase_id = ?1 AND exposure_id <= ?3 AND unit_id IS NOT NULL
        """
    private static let selectLast = "SELECT coalesce(max(exposure_id), 0) FROM exposure_log"

    private let stored: StoredExperiment
    private let before: Assigner
    private let after: Assigner

    /// Nil when the definitions assign alike, or nobody can have been assigned yet.
    ///
    /// Both are taken as running, since starting and stopping is nothing that needs a replay. The holdout is the one a
    /// new phase would take over.
    init?(
        _ stored: StoredExperiment, to new: Experiment, _ opening: PhaseOpening?, _ holdout: Holdout?,
        _ algorithms: AssignmentAlgorithms
    ) throws(ExperimentError) {
        let changesPhase = !PhaseDifferences.of(stored, new).isEmpty
        let old = stored.experiment
        let isSame =
            !changesPhase && old.design.coverage == new.design.coverage
            && old.design.overrides == new.design.overrides
        guard stored.isPhaseStarted, !isSame, old.design.unit == new.design.unit else { return nil }
        let seed = PhaseSeed.next(stored, new, opening: changesPhase ? opening : nil)
        self.stored = stored
        before = try Assigner(
            old.id, old.design, seed: stored.seed, holdout: stored.holdout, algorithms: algorithms)
        after = try Assigner(
            new.id, new.design, seed: seed, holdout: changesPhase ? holdout : stored.holdout, algorithms: algorithms)
    }

    /// The last exposure of the log.
    static func lastExposure(_ connection: borrowing Connection) throws -> RowNumber<ExposureRow> {
        try connection.value(selectLast) { $0.rowNumber(0) } ?? RowNumber(0)
    }

    /// Reads the exposures of the phase once, up to one of the log.
    func movement(
        _ connection: borrowing Connection, through last: RowNumber<ExposureRow>
    ) throws -> UnitMovement {
        let units = try connection.prepare(Self.selectUnits)
        try units.bind(stored.phaseID, at: 1)
        try units.bind(stored.experiment.design.unit.rawValue, at: 2)
        try units.bind(last, at: 3)
        var movement = UnitMovement()
        while try units.step() {
            let unitID = units.text(0)
            let context = ExperimentContext(userID: unitID, sessionID: unitID)
            do throws(ExperimentError) {
                movement.count(try before.assign(context), try after.assign(context))
            } catch {
                // No recorded unit has an id that breaks a rule.
                throw StorageFailure.damaged("a recorded unit cannot be assigned: \(error)")
            }
        }
        return movement
    }
}

extension UnitMovement {
    mutating func count(_ before: Variant, _ after: Variant) {
        seen += 1
        switch (before.enrollment == .enrolled, after.enrollment == .enrolled) {
        case (true, true): if before != after { moved += 1 }
        case (true, false): left += 1
        case (false, true): joined += 1
        case (false, false): break
        }
    }
}

/// The units that a change of an experiment would move, of those it has seen in the phase in force.
public struct UnitMovement: Sendable, Hashable {
    /// Units with an exposure in the phase, whatever its enrollment.
    public internal(set) var seen = 0
    /// Units that are assigned and would be assigned another variant.
    public internal(set) var moved = 0
    /// Units that are assigned and would be left out.
    public internal(set) var left = 0
    /// Units that are left out and would be assigned.
    public internal(set) var joined = 0

    init() {}
}
