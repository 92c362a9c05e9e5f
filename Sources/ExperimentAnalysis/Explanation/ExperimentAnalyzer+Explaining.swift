import ExperimentDatabase
import ExperimentDefinitions
public import Experimentation

extension ExperimentAnalyzer {
    /// Explains what one unit contributes to an experiment: each of its exposures and outcomes, kept or discarded and why.
    ///
    /// Reads each log twice, from end to end: a unit's value can depend on all others', by a percentile. About 0.4 s a million
    /// rows; blocks the thread. Where the experiment goes by links, the logs are read for these, too.
    /// - Parameters:
    ///   - context: The unit, by the id that the experiment counts. With the other id too, rows that have only that one
    ///     are explained as well: they belong to no unit. Attributes are not looked at.
    ///   - experiment: The experiment's id.
    ///   - options: By which rules: the time, the phase, and what becomes of crossovers; the rest is not looked at.
    /// - Returns: The explanation; an empty one for a unit that was never seen.
    /// - Throws: ``Experimentation/ExperimentError/experimentNotFound(_:)`` for an id that is not in the file;
    ///   ``Experimentation/ExperimentError/invalidContext(_:)`` when the unit's id is missing or breaks a rule, and for a
    ///   phase the experiment has not had;
    ///   ``Experimentation/ExperimentError/backend(_:)`` when the file is missing, not ours, newer or damaged.
    public func explain(
        _ context: ExperimentContext, in experiment: ExperimentName, _ options: AnalysisOptions = AnalysisOptions()
    ) throws(ExperimentError) -> UnitExplanation {
        try Rules.checkUnitID(context.userID, field: "user_id")
        try Rules.checkUnitID(context.sessionID, field: "session_id")
        var options = options
        options.experiments = [experiment]
        return try inSnapshot { try explain(context, experiment, options, $0) }
    }

    private func explain(
        _ context: ExperimentContext, _ experiment: ExperimentName, _ options: AnalysisOptions,
        _ connection: borrowing Connection
    ) throws -> UnitExplanation {
        let other = try ReadingConnection(path, asOf: connection)
        let (all, damaged) = try ReportedPhase.all(connection, options.phase)
        try ReportedPhase.checkRetained(options, beside: all, connection)
        guard let phase = try ReportedPhase.select(options, from: all, damaged).first else {
            throw damaged.first { $0.id == experiment }?.failure ?? ExperimentError.experimentNotFound(experiment)
        }
        guard let unitID = phase.unit == .user ? context.userID : context.sessionID else {
            throw ExperimentError.invalid(
                "\(phase.unit.rawValue)_id", "must be given: the experiment counts \(phase.unit.rawValue)s")
        }
        let pass = try LogPass(connection, other, PassScope(all, [phase], options))
        let linked = try pass.ids(linkedWith: unitID, 0, options, connection)
        try UnitLog.create(connection, phase, context, linkedWith: linked, options)
        try UnitTable.create(connection, [phase], [phase], options)
        return try UnitExplanation(unitID, phase, pass, options, connection)
    }
}

extension UnitExplanation {
    /// Reads the explanation from the tables of the unit, and from a pass over the experiment alone.
    init(
        _ unitID: UnitID, _ phase: ReportedPhase, _ pass: LogPass, _ options: AnalysisOptions,
        _ connection: borrowing Connection
    ) throws {
        let queries = ExplanationQueries(unitID: unitID, phase: phase, options: options)
        let standing = try queries.standing(connection)
        switch standing {
        case .left(let reason):
            first = nil
            exclusion = reason
        case .exposed(let exposure):
            first = exposure
            exclusion = exposure.isCrossover && options.crossovers == .exclude ? .crossover : nil
        }
        experiment = phase.experiment
        status = phase.status
        unit = phase.unit
        self.unitID = unitID
        self.phase = phase.number
        self.options = options
        contributions = pass.unit(unitID, 0).map { pass.fold(0).contributions(of: $0) } ?? []
        exposures = try queries.exposures(connection)
        outcomes = try queries.outcomes(standing, pass, connection)
    }
}
