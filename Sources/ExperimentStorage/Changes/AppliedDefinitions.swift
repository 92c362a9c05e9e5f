import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The effect of applying definitions, done or not, worked out in one transaction.
struct AppliedDefinitions: Sendable {
    var changes: [DefinitionChange]
    /// The replays of units that would get something else, by the place of the change.
    fileprivate var replays: [Int: UnitReplay] = [:]
    /// The last exposure that the transaction saw.
    fileprivate let lastExposure: RowNumber<ExposureRow>

    /// Whether nobody's assignment changes, so that there are no moves to count.
    var movesNobody: Bool { replays.isEmpty }
    /// Whether a change is refused, and so nothing was done.
    var isRefused: Bool { changes.contains { !$0.refusals.isEmpty } }
    /// Whether everything was so already.
    var isUnchanged: Bool { changes.allSatisfy(\.isUnchanged) }

    /// The changes with whom of the units seen they move; reads the exposures of each experiment whose assignment changes.
    ///
    /// The log only grows, so the exposures up to the last that the transaction saw are the exposures of its moment, and
    /// nobody who writes has to wait while they are read.
    func countingMoves(_ connection: borrowing Connection) throws -> [DefinitionChange] {
        var changes = changes
        for (place, replay) in replays {
            changes[place].movement = try replay.movement(connection, through: lastExposure)
        }
        return changes
    }
}

extension Administration {
    /// The changes that applying would make in the file as it is now; waits for nobody's lock.
    ///
    /// Nil where the file does not show yet what
    /// schedules have brought about, as it does within a second of a running server.
    static func look(
        openingPhases: PhaseOpening?, _ algorithms: AssignmentAlgorithms, _ connection: borrowing Connection,
        _ make: (borrowing Connection) throws -> Definitions
    ) throws -> AppliedDefinitions? {
        let now = Date.now.microsecondsSince1970
        let snapshot = try connection.beginSnapshot()
        guard try ScheduleTable.isWrittenDown(at: now, connection) else { return nil }
        let planned = try carryOut(make(connection), openingPhases, algorithms, isDryRun: true, at: now, connection)
        try snapshot.commit()
        return planned
    }

    /// Makes definitions true, all or none: one refusal is enough for nothing to be done.
    ///
    /// A plan does nothing in any case.
    static func apply(
        openingPhases: PhaseOpening?, _ algorithms: AssignmentAlgorithms, isDryRun: Bool = false,
        by origin: ChangeOrigin,
        _ connection: borrowing Connection, _ make: (borrowing Connection) throws -> Definitions
    ) throws -> AppliedDefinitions {
        let change = try Change(by: origin, connection)
        let applied = try carryOut(
            make(connection), openingPhases, algorithms, isDryRun: isDryRun, at: change.now, connection)
        if isDryRun || applied.isRefused { change.rollBack() } else { try change.commit(connection) }
        return applied
    }

    private static func carryOut(
        _ definitions: Definitions, _ openingPhases: PhaseOpening?, _ algorithms: AssignmentAlgorithms,
        isDryRun: Bool, at now: Int64, _ connection: borrowing Connection
    ) throws -> AppliedDefinitions {
        let ids = definitions.experiments.map(\.experiment.id)
        guard Set(ids).count == ids.count else {
            throw ExperimentError.invalid("experiment", "must not be defined twice")
        }
        var changes = try MetricChanges(definitions.metrics, connection).apply(isDryRun: isDryRun, connection)
        var holdout = try definitions.holdout.map { defined in
            try apply(defined, isDryRun: isDryRun, connection)
        }
        if let zone = definitions.timezone {
            changes.append(try apply(timezone: zone, isDryRun: isDryRun, connection))
        }
        var steps: [ExperimentStep] = []
        for defined in definitions.experiments {
            steps.append(
                try ExperimentStep(defined, openingPhases: openingPhases, algorithms, at: now, connection))
        }
        try refuseConflicts(&steps, connection)
        if !isDryRun, steps.allSatisfy(\.refusals.isEmpty) { try write(&steps, at: now, connection) }
        if let defined = definitions.holdout {
            holdout?.keptHoldouts =
                isDryRun
                ? try KeptHoldout.all(after: steps, inForce: defined, at: now, connection)
                : try KeptHoldout.all(inForce: defined, at: now, connection)
        }
        let first = changes.count + (holdout == nil ? 0 : 1)
        let current = try definitions.holdout ?? HoldoutTable.current(connection)
        var applied = AppliedDefinitions(
            changes: changes + [holdout].compactMap(\.self) + steps.map(\.change),
            lastExposure: try UnitReplay.lastExposure(connection))
        for (place, step) in steps.enumerated() {
            applied.replays[first + place] = step.replay(openingPhases, current, algorithms)
        }
        return applied
    }

    /// Looks at the claims as they are after all steps; experiments that the definitions do not name keep theirs.
    private static func refuseConflicts(
        _ steps: inout [ExperimentStep], _ connection: borrowing Connection
    ) throws {
        guard steps.contains(where: \.isClaiming) else { return }
        let places = Dictionary(
            uniqueKeysWithValues: steps.enumerated().map { ($0.element.experiment.id, $0.offset) })
        let untouched = try NamespaceClaimTable.all(connection).filter { places[$0.experiment] == nil }
        let kept = steps.filter { !$0.isClaiming }.compactMap(\.claimant)
        let new = steps.filter(\.isClaiming).compactMap(\.claimant)
        for conflict in NamespaceClaimant.conflicts(of: new, with: untouched + kept) {
            if let place = places[conflict.experiment] { steps[place].refuse(conflict.error) }
        }
    }

    /// Carries out all steps, and refuses each whose experiment could not be read afterwards.
    private static func write(
        _ steps: inout [ExperimentStep], at now: Int64, _ connection: borrowing Connection
    ) throws {
        for index in steps.indices { try steps[index].release(connection) }
        try ScheduleTable.stopEnded(at: now, connection)
        for step in steps { try step.claim(connection) }
        try ScheduleTable.writeDown(at: now, connection)
        for index in steps.indices { try steps[index].refuseIfUnreadable(connection) }
    }

    private static func apply(
        timezone: String, isDryRun: Bool, _ connection: borrowing Connection
    ) throws -> DefinitionChange {
        let old = try ReportSettingTable.timezone(connection)
        guard let old, old == timezone else {
            if !isDryRun { try ReportSettingTable.setTimezone(timezone, connection) }
            return DefinitionChange(
                .timezone(timezone), isNew: old == nil, changes: old.map { [.timezone(from: $0)] } ?? [])
        }
        return DefinitionChange(.timezone(timezone), isNew: false)
    }

    private static func apply(
        _ holdout: Holdout, isDryRun: Bool, _ connection: borrowing Connection
    ) throws -> DefinitionChange {
        let old = try HoldoutTable.current(connection)
        if old != holdout, !isDryRun { try HoldoutTable.set(holdout, connection) }
        var changes: [DefinitionChange.Item] = []
        if let old {
            if old.name != holdout.name { changes.append(.holdoutName) }
            if old.share != holdout.share { changes.append(.holdoutShare(from: old.share, to: holdout.share)) }
        }
        return DefinitionChange(.holdout(holdout.name), isNew: old == nil, changes: changes)
    }
}
