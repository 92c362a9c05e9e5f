import ExperimentDatabase
import Experimentation

/// Changes to the definitions, each in one transaction; the same for the server that owns the file and for the tool.
enum Administration {
    /// Makes definitions true, all or none.
    static func apply(
        _ definitions: Definitions, openingPhases: Bool, _ connection: borrowing Connection
    ) throws(WriteError) -> [DefinitionChange] {
        try connection.write { () throws(WriteError) in
            var changes: [DefinitionChange] = []
            for metric in definitions.metrics { changes.append(try apply(metric, connection)) }
            for defined in definitions.experiments {
                changes.append(try apply(defined, openingPhases: openingPhases, connection))
            }
            return changes
        }
    }

    /// Starts an experiment; nothing happens to one that runs.
    static func start(_ name: String, _ connection: borrowing Connection) throws(WriteError) {
        try connection.write { () throws(WriteError) in
            let stored = try find(name, connection)
            guard stored.experiment.status != .running else { return }
            try database { () throws(SQLiteError) in try ExperimentTable().start(stored, connection) }
        }
    }

    /// Stops an experiment, or declares the winner of a stopped one.
    static func stop(_ name: String, winner: String?, _ connection: borrowing Connection) throws(WriteError) {
        try connection.write { () throws(WriteError) in
            let stored = try find(name, connection)
            guard stored.experiment.status != .draft else {
                throw .rejected(.invalid("status", "is draft: an experiment must run before it can stop"))
            }
            try check(winner: winner, of: stored.experiment)
            let kept = winner ?? stored.experiment.winner
            try database { () throws(SQLiteError) in try ExperimentTable().stop(stored, winner: kept, connection) }
        }
    }

    private static func find(
        _ name: String, _ connection: borrowing Connection
    ) throws(WriteError) -> StoredExperiment {
        let stored = try database { () throws(SQLiteError) in try StoredExperiment.find(name, connection) }
        guard let stored else { throw .rejected(.experimentNotFound(name)) }
        return stored
    }

    private static func check(winner: String?, of experiment: Experiment) throws(WriteError) {
        guard let winner else { return }
        guard experiment.variants.contains(where: { $0.variantID.isSameBytes(as: winner) }) else {
            throw .rejected(.invalid("winner", "must be one of the experiment's variants"))
        }
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
            return DefinitionChange(
                subject: .metric(metric.name, metric.kind.rawValue), isNew: old == nil, changes: changes)
        }
    }

    private static func apply(
        _ defined: Definitions.DefinedExperiment, openingPhases: Bool, _ connection: borrowing Connection
    ) throws(WriteError) -> DefinitionChange {
        let experiment = defined.experiment
        let old = try database { () throws(SQLiteError) in try StoredExperiment.find(experiment.id, connection) }
        guard let old else {
            try database { () throws(SQLiteError) in try ExperimentTable().create(experiment, connection) }
            return DefinitionChange(subject: .experiment(experiment.id), isNew: true, changes: [])
        }
        let plan = try ChangePlan(from: old, to: defined, openingPhases: openingPhases)
        try database { () throws(SQLiteError) in try plan.carryOut(connection) }
        return DefinitionChange(subject: .experiment(experiment.id), isNew: false, changes: plan.changes)
    }
}
