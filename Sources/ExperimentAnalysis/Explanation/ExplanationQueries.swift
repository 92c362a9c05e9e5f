import ExperimentDatabase
import Experimentation

/// Reads a unit's rows with what became of each, once the tables of the analysis hold this unit alone.
struct ExplanationQueries {
    private static let exposures = """
        SELECT e.exposure_id, p.number, e.variant_id, e.enrollment, e.timestamp_us, e.user_id, e.session_id,
            e.attributes,
            CASE
                WHEN r.phase_id IS NULL THEN 'other_phase'
                WHEN CASE r.unit WHEN 'user' THEN e.user_id ELSE e.session_id END IS NULL THEN 'no_unit'
                WHEN e.enrollment = \(Enrollment.override.code) THEN 'override'
                WHEN e.enrollment = \(Enrollment.notEnrolled.code) THEN 'not_enrolled'
                WHEN e.enrollment = \(Enrollment.notRunning.code) THEN 'not_running'
                WHEN e.exposure_id IN (SELECT unit_number FROM temp.unit) THEN 'first_exposure'
                ELSE 'repeat'
            END
        FROM temp.exposure_log AS e JOIN phase_definition AS p ON p.phase_id = e.phase_id
        LEFT JOIN temp.reported_phase AS r ON r.phase_id = e.phase_id
        ORDER BY e.timestamp_us, e.exposure_id
        """
    private static let outcomes = """
        SELECT o.outcome_id, o.experiment_id IS NOT NULL, m.name, m.kind, o.value, o.timestamp_us, o.user_id,
            o.session_id, o.attributes, o.metric_id
        FROM temp.outcome_log AS o JOIN metric_definition AS m ON m.metric_id = o.metric_id
        ORDER BY o.timestamp_us, o.outcome_id
        """
    private static let unit = """
        SELECT best_enrollment, unit_number, variant_id, exposed_at_us, exposures, is_crossover,
            (SELECT attributes FROM temp.exposure_log WHERE exposure_id = unit_number)
        FROM temp.unit
        """
    /// Attributes of a record as segments read them: texts and numbers, by their exact names.
    private static let attributes = """
        SELECT key, CAST(value AS TEXT) FROM json_each(?1) WHERE atom IS NOT NULL
        """

    /// Standing of the unit: its first enrolled exposure, or the reason why it has none.
    enum Standing {
        case exposed(FirstExposure)
        case left(DiscardReason)
    }

    let unitID: UnitID
    let phase: ReportedPhase
    let options: AnalysisOptions

    func standing(_ connection: borrowing Connection) throws -> Standing {
        let unit = try connection.prepare(Self.unit)
        guard try unit.step() else { return .left(.neverExposed) }
        if let reason = Disposition(enrollment: UInt8(clamping: unit.int64(0)))?.reason { return .left(reason) }
        let attributes = try connection.prepare(Self.attributes)
        return .exposed(
            FirstExposure(
                exposure: unit.int(1), variantID: name(unit.rowNumber(2)), timestampMicroseconds: unit.int64(3),
                exposures: unit.int(4), isCrossover: unit.int64(5) == 1,
                attributes: try Self.attributes(unit.optionalText(6), attributes)))
    }

    func exposures(_ connection: borrowing Connection) throws -> [ExplainedExposure] {
        var found: [ExplainedExposure] = []
        let attributes = try connection.prepare(Self.attributes)
        let rows = try connection.prepare(Self.exposures)
        while try rows.step() {
            found.append(
                ExplainedExposure(
                    exposure: rows.int(0), phase: rows.int(1), variantID: name(rows.rowNumber(2)),
                    enrollment: Enrollment(code: rows.int64(3)) ?? .enrolled,
                    timestampMicroseconds: rows.int64(4), userID: rows.optionalName(5), sessionID: rows.optionalName(6),
                    attributes: try Self.attributes(rows.optionalText(7), attributes),
                    role: ExplainedExposure.Role(rawValue: rows.text(8)) ?? .repeated))
        }
        return found
    }

    func outcomes(_ standing: Standing, _ pass: LogPass, _ connection: borrowing Connection) throws
        -> [ExplainedOutcome]
    {
        var found: [ExplainedOutcome] = []
        let attributes = try connection.prepare(Self.attributes)
        let outcomes = try connection.prepare(Self.outcomes)
        while try outcomes.step() {
            let metric = pass.metrics.recorded(outcomes.rowNumber(9))
            let (user, session): (UnitID?, UnitID?) = (outcomes.optionalName(6), outcomes.optionalName(7))
            let (own, other) = phase.unit == .user ? (user, session) : (session, user)
            let (lead, isLinked) = lead(own, other, standing, pass)
            let namesExperiment = outcomes.int64(1) == 1
            let fate: ExplainedOutcome.Fate =
                switch lead {
                case .severalUnits: .discarded(.ambiguousIdentity)
                case .unit where !isLinked: .ofAnotherUnit
                case .unit, .nowhere:
                    fate(
                        metric, time: outcomes.int64(5), namesExperiment: namesExperiment,
                        hasUnit: isLinked || own != nil, standing, now: pass.outcomes.now)
                }
            found.append(
                ExplainedOutcome(
                    outcome: outcomes.int(0), namesExperiment: namesExperiment, metric: outcomes.name(2),
                    value: Self.value(outcomes), timestampMicroseconds: outcomes.int64(5), userID: user,
                    sessionID: session,
                    attributes: try Self.attributes(outcomes.optionalText(8), attributes),
                    delayMicroseconds: metric?.delayMicroseconds ?? 0,
                    windowMicroseconds: metric?.windowMicroseconds, isLinked: isLinked, fate: fate))
        }
        return found
    }

    /// Place to which a link leads an outcome whose own id has no exposure, and whether that is the unit.
    private func lead(
        _ own: UnitID?, _ other: UnitID?, _ standing: Standing, _ pass: LogPass
    ) -> (lead: LinkLead, isToUnit: Bool) {
        var goesByOwnID = own == unitID
        if case .left(.neverExposed) = standing { goesByOwnID = false }
        guard !goesByOwnID, phase.identity != .strict, let other else { return (.nowhere, false) }
        let lead = pass.lead(of: other, 0)
        return (lead, pass.unit(unitID, 0).map { lead == .unit(place: $0.place) } ?? false)
    }

    /// Fate of an outcome, by the unit's standing and the recorded metric's own definition.
    private func fate(
        _ metric: UnitValue?, time: Int64, namesExperiment: Bool, hasUnit: Bool, _ standing: Standing, now: Int64
    ) -> ExplainedOutcome.Fate {
        guard hasUnit else { return namesExperiment ? .discarded(.noUnit) : .unattributed }
        switch standing {
        case .left(let reason): return namesExperiment ? .discarded(reason) : .unattributed
        case .exposed(let first):
            if first.isCrossover, options.crossovers == .exclude { return .discarded(.crossover) }
            let start = first.timestampMicroseconds
            if time < start { return .discarded(.beforeExposure) }
            guard let metric else { return .kept }
            let fate = Disposition(elapsed: time - start, PassMetrics.Period(metric))
            let isOpen = metric.isMature && (metric.windowEnd(after: start) ?? .min) > now
            return (fate == .kept && isOpen ? .immature : fate.reason).map { .discarded($0) } ?? .kept
        }
    }

    private func name(_ variant: RowNumber<VariantRow>) -> VariantName { phase.variantNames[variant] ?? "" }

    private static func value(_ row: borrowing Statement) -> OutcomeValue {
        switch row.text(3) {
        case "bool": .bool(row.int64(4) != 0)
        case "count": .count(row.int64(4))
        default: .numeric(row.double(4))
        }
    }

    private static func attributes(
        _ json: String?, _ select: borrowing Statement
    ) throws -> [RecordAttribute] {
        guard let json else { return [] }
        var found: [RecordAttribute] = []
        try select.bind(json, at: 1)
        while try select.step() {
            found.append(RecordAttribute(name: select.name(0), value: select.name(1)))
        }
        return found
    }
}
