import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Administration {
    /// Makes definitions true, all or none.
    static func apply(
        _ definitions: Definitions, openingPhases: PhaseOpening?, _ algorithms: AssignmentAlgorithms,
        _ connection: borrowing Connection
    ) throws -> [DefinitionChange] {
        let change = try Change(connection)
        let changes = try carryOut(definitions, openingPhases, algorithms, at: change.now, connection)
        if let refusal = changes.lazy.flatMap(\.refusals).first { throw refusal }
        try change.commit()
        return changes
    }

    /// What the same would do, every change and every refusal, in the file as it is now; reads only, so that no server
    /// waits for it.
    /// - Returns: Nil where the file does not show yet what schedules have brought about, as it does within a second of
    ///   a running server.
    static func plan(
        _ definitions: Definitions, openingPhases: PhaseOpening?, _ algorithms: AssignmentAlgorithms,
        _ connection: borrowing Connection
    ) throws -> [DefinitionChange]? {
        let now = Date.now.microsecondsSince1970
        let reading = try connection.beginReading()
        guard try ScheduleTable.isSettled(at: now, connection) else { return nil }
        let changes = try carryOut(definitions, openingPhases, algorithms, isPlan: true, at: now, connection)
        try reading.commit()
        return changes
    }

    /// The same after schedules were settled, which is taken back.
    static func planSettled(
        _ definitions: Definitions, openingPhases: PhaseOpening?, _ algorithms: AssignmentAlgorithms,
        _ connection: borrowing Connection
    ) throws -> [DefinitionChange] {
        let change = try Change(connection)
        return try carryOut(definitions, openingPhases, algorithms, isPlan: true, at: change.now, connection)
    }

    private static func carryOut(
        _ definitions: Definitions, _ openingPhases: PhaseOpening?, _ algorithms: AssignmentAlgorithms,
        isPlan: Bool = false, at now: Int64, _ connection: borrowing Connection
    ) throws -> [DefinitionChange] {
        let ids = definitions.experiments.map(\.experiment.id)
        guard Set(ids).count == ids.count else {
            throw ExperimentError.invalid("experiment", "must not be defined twice")
        }
        let changes = try MetricChanges(definitions.metrics, connection).apply(isPlan: isPlan, connection)
        var holdout = try definitions.holdout.map { defined in
            try apply(defined, isPlan: isPlan, connection)
        }
        var steps: [ExperimentStep] = []
        for defined in definitions.experiments {
            steps.append(
                try ExperimentStep(defined, openingPhases: openingPhases, algorithms, at: now, connection))
        }
        try refuseConflicts(&steps, connection)
        if !isPlan, steps.allSatisfy(\.refusals.isEmpty) { try write(&steps, at: now, connection) }
        if let defined = definitions.holdout {
            holdout?.keptHoldouts =
                isPlan
                ? try KeptHoldout.all(after: steps, inForce: defined, at: now, connection)
                : try KeptHoldout.all(inForce: defined, at: now, connection)
        }
        return changes + [holdout].compactMap(\.self) + steps.map(\.change)
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
        try ScheduleTable.settle(at: now, connection)
        for index in steps.indices { try steps[index].refuseIfUnreadable(connection) }
    }

    private static func apply(
        _ holdout: Holdout, isPlan: Bool, _ connection: borrowing Connection
    ) throws -> DefinitionChange {
        let old = try HoldoutTable.current(connection)
        if old != holdout, !isPlan { try HoldoutTable.set(holdout, connection) }
        var changes: [String] = []
        if let old {
            if old.name != holdout.name { changes.append("name") }
            if old.share != holdout.share { changes.append("share \(old.share) to \(holdout.share)") }
        }
        return DefinitionChange(.holdout(holdout.name), isNew: old == nil, changes: changes)
    }
}
