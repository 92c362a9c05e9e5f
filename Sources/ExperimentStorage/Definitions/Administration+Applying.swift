import ExperimentDatabase
import Experimentation

extension Administration {
    /// Makes definitions true, all or none.
    static func apply(
        _ definitions: Definitions, openingPhases: PhaseOpening?, _ algorithms: AssignmentAlgorithms,
        _ connection: borrowing Connection
    ) throws(WriteError) -> [DefinitionChange] {
        try change(connection) { (now) throws(WriteError) in
            let changes = try carryOut(definitions, openingPhases, algorithms, at: now, connection)
            if let refusal = changes.lazy.compactMap({ $0.refusal }).first { throw .rejected(refusal) }
            return changes
        }
    }

    /// Does the same and takes it back: every change and every refusal, in the file as it is now.
    static func plan(
        _ definitions: Definitions, openingPhases: PhaseOpening?, _ algorithms: AssignmentAlgorithms,
        _ connection: borrowing Connection
    ) throws(WriteError) -> [DefinitionChange] {
        try change(connection, isKept: false) { (now) throws(WriteError) in
            try carryOut(definitions, openingPhases, algorithms, at: now, connection)
        }
    }

    private static func carryOut(
        _ definitions: Definitions, _ openingPhases: PhaseOpening?, _ algorithms: AssignmentAlgorithms, at now: Int64,
        _ connection: borrowing Connection
    ) throws(WriteError) -> [DefinitionChange] {
        var changes: [DefinitionChange] = []
        for metric in definitions.metrics { changes.append(try apply(metric, connection)) }
        if let holdout = definitions.holdout { changes.append(try apply(holdout, connection)) }
        for defined in definitions.experiments {
            let change: DefinitionChange
            do throws(WriteError) {
                change = try apply(defined, openingPhases, algorithms, at: now, connection)
            } catch .rejected(let refusal) {
                change = DefinitionChange(
                    .experiment(defined.experiment.id), isNew: false, refusal: refusal)
            }
            changes.append(change)
        }
        try database { () throws(SQLiteError) in try ScheduleTable.settle(at: now, connection) }
        return changes
    }

    private static func apply(
        _ metric: MetricDefinition, _ connection: borrowing Connection
    ) throws(WriteError) -> DefinitionChange {
        try database { () throws(SQLiteError) in
            let old = try MetricDefinitionTable.all(connection).first {
                $0.name.isSameBytes(as: metric.name) && $0.kind == metric.kind
            }
            try MetricDefinitionTable.set(metric, connection)
            var changes: [String] = []
            if let old {
                if old.aggregation != metric.aggregation { changes.append("aggregation") }
                if old.windowMicroseconds != metric.windowMicroseconds { changes.append("window") }
                if old.cap != metric.cap { changes.append("cap") }
                if old.direction != metric.direction { changes.append("direction") }
            }
            return DefinitionChange(.metric(metric.name, metric.kind.rawValue), isNew: old == nil, changes: changes)
        }
    }

    private static func apply(
        _ holdout: Holdout, _ connection: borrowing Connection
    ) throws(WriteError) -> DefinitionChange {
        try database { () throws(SQLiteError) in
            let old = try HoldoutTable.current(connection)
            if old != holdout { try HoldoutTable.set(holdout, connection) }
            var changes: [String] = []
            if let old {
                if !old.name.isSameBytes(as: holdout.name) { changes.append("name") }
                if old.share != holdout.share { changes.append("share \(old.share) to \(holdout.share)") }
            }
            return DefinitionChange(.holdout(holdout.name), isNew: old == nil, changes: changes)
        }
    }

    private static func apply(
        _ defined: Definitions.DefinedExperiment, _ openingPhases: PhaseOpening?, _ algorithms: AssignmentAlgorithms,
        at now: Int64, _ connection: borrowing Connection
    ) throws(WriteError) -> DefinitionChange {
        let experiment = defined.experiment
        do throws(ExperimentError) { try algorithms.check(experiment) } catch { throw .rejected(error) }
        let old = try database { () throws(SQLiteError) in try StoredExperiment.find(experiment.id, connection) }
        guard let old else {
            if experiment.status != .stopped { try DesignTable.check(experiment, 0, connection) }
            try database { () throws(SQLiteError) in try ExperimentTable(now: now).create(experiment, connection) }
            return DefinitionChange(.experiment(experiment.id), isNew: true)
        }
        let plan = ChangePlan(from: old, to: defined, openingPhases: openingPhases, at: now)
        if plan.refusal == nil {
            if plan.isClaiming { try DesignTable.check(experiment, old.experimentID, connection) }
            try database { () throws(SQLiteError) in try plan.carryOut(connection) }
        }
        return DefinitionChange(
            .experiment(experiment.id), isNew: false, changes: plan.changes, refusal: plan.refusal)
    }
}
