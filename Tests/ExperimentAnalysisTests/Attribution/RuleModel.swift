import ExperimentAnalysis
import ExperimentDatabase
import ExperimentStatistics
import Experimentation

/// The rules of the data once more, in memory and without SQL's joins: rows in, counts and values out.
///
/// It reads the logs up to a row, so it can also say what a report should have said that ran beside a writer.
struct RuleModel {
    struct Exposure {
        let number: Int
        let experiment: ExperimentName
        let variant: VariantName
        let user: UnitID?
        let session: UnitID?
        let enrollment: String
        let time: Int64
        let phase: Int
    }

    struct Outcome {
        let experiment: ExperimentName?
        let metric: MetricName
        let kind: String
        let value: Double
        let user: UnitID?
        let session: UnitID?
        let time: Int64
    }

    struct Unit {
        var first: Exposure?
        var variants: Set<VariantName> = []
        var enrollments: Set<String> = []
    }

    /// An experiment's answer.
    struct Answer {
        var analysed = 0
        var kept = 0
        var reasons: [DiscardReason: Int] = [:]
        /// `metric|kind|variant` to the values of the units that have one.
        var values: [String: [Double]] = [:]
        var units: [VariantName: Int] = [:]
        /// The numbers of outcomes whose unit has a variant, by variant.
        var outcomes: [VariantName: (kept: Int, all: Int)] = [:]
    }

    let exposures: [Exposure]
    let outcomes: [Outcome]
    let phases: PhaseModel

    init(_ path: String, through: AnalysisResults.Through? = nil) throws {
        let connection = try DatabaseFile.openForReading(DatabasePath(path))
        phases = try PhaseModel(connection)
        exposures = try Self.exposures(connection, phases, through?.exposure ?? .max)
        outcomes = try Self.outcomes(connection, through?.outcome ?? .max)
    }

    private static func exposures(
        _ connection: borrowing Connection, _ phases: PhaseModel, _ last: Int
    ) throws -> [Exposure] {
        var rows: [Exposure] = []
        let select = try connection.prepare(
            """
            SELECT e.exposure_id, x.name, v.name, e.user_id, e.session_id, e.enrollment, e.timestamp_us, p.number
            FROM exposure_log e JOIN variant_definition v USING (variant_id) JOIN experiment_definition x USING (experiment_id)
            LEFT JOIN phase_definition p ON p.phase_id = e.phase_id
            WHERE e.exposure_id <= ?1 ORDER BY e.exposure_id
            """)
        try select.bind(Int64(last), at: 1)
        while try select.step() {
            let (experiment, variant): (ExperimentName, VariantName) = (select.name(1), select.name(2))
            let time = select.int64(6)
            let said = select.isNull(5) ? nil : Enrollment.allCases.first { $0.code == select.int64(5) }
            let enrollment = said ?? (phases.isRunning(experiment, at: time) ? .enrolled : .notRunning)
            rows.append(
                Exposure(
                    number: select.int(0), experiment: experiment, variant: variant, user: select.optionalName(3),
                    session: select.optionalName(4), enrollment: enrollment.rawValue, time: time,
                    phase: select.isNull(7) ? phases.phase(experiment, variant, at: time) : select.int(7)))
        }
        return rows
    }

    private static func outcomes(_ connection: borrowing Connection, _ last: Int) throws -> [Outcome] {
        var rows: [Outcome] = []
        let select = try connection.prepare(
            """
            SELECT experiment, metric, kind, value, user_id, session_id, timestamp_us
            FROM outcomes WHERE outcome <= ?1 ORDER BY outcome
            """)
        try select.bind(Int64(last), at: 1)
        while try select.step() {
            rows.append(
                Outcome(
                    experiment: select.optionalName(0), metric: select.name(1), kind: select.text(2),
                    value: select.double(3),
                    user: select.optionalName(4), session: select.optionalName(5), time: select.int64(6)))
        }
        return rows
    }

    /// The answer that a phase's report must give, by default the latest's, every metric summed and bools as any.
    func answer(
        _ experiment: ExperimentName, unit: String, phase: Int? = nil, excludingCrossovers: Bool = true
    ) -> Answer {
        let phase = phase ?? phases.latest(experiment)
        var units: [UnitID: Unit] = [:]
        for exposure in exposures where exposure.experiment == experiment && exposure.phase == phase {
            guard let id = unit == "user" ? exposure.user : exposure.session else { continue }
            units[id, default: Unit()].add(exposure)
        }
        var answer = Answer()
        for unit in units.values {
            guard let first = unit.first, !(excludingCrossovers && unit.variants.count > 1) else { continue }
            answer.analysed += 1
            answer.units[first.variant, default: 0] += 1
        }
        var values: [String: [UnitID: Double]] = [:]
        for outcome in outcomes {
            let id = unit == "user" ? outcome.user : outcome.session
            let seen = id.flatMap { units[$0] }
            guard outcome.experiment == experiment || (outcome.experiment == nil && seen?.first != nil) else {
                continue
            }
            let reason = reason(outcome, id, seen, excludingCrossovers)
            if let variant = seen?.first?.variant {
                answer.outcomes[variant, default: (0, 0)].all += 1
                answer.outcomes[variant]?.kept += reason == nil ? 1 : 0
            }
            if let reason {
                answer.reasons[reason, default: 0] += 1
            } else if let id, let first = seen?.first {
                answer.kept += 1
                let key = "\(outcome.metric)|\(outcome.kind)|\(first.variant)"
                let old = values[key]?[id] ?? 0
                let isBool = outcome.kind == "bool"
                values[key, default: [:]][id] = isBool ? max(old, outcome.value) : old + outcome.value
            }
        }
        answer.values = values.mapValues { $0.values.sorted() }
        return answer
    }

    private func reason(
        _ outcome: Outcome, _ id: UnitID?, _ unit: Unit?, _ excludingCrossovers: Bool
    ) -> DiscardReason? {
        guard id != nil else { return .noUnit }
        guard let unit else { return .neverExposed }
        guard let first = unit.first else {
            return unit.enrollments.contains("override")
                ? .override : unit.enrollments.contains("not_enrolled") ? .notEnrolled : .notRunning
        }
        if excludingCrossovers, unit.variants.count > 1 { return .crossover }
        return outcome.time < first.time ? .beforeExposure : nil
    }
}

extension RuleModel.Unit {
    fileprivate mutating func add(_ exposure: RuleModel.Exposure) {
        enrollments.insert(exposure.enrollment)
        guard exposure.enrollment == "enrolled" else { return }
        variants.insert(exposure.variant)
        if let first, first.time <= exposure.time { return }
        first = exposure
    }
}

extension ExperimentResult {
    /// The result in the model's form; the values as count, sum and variance allow.
    func agrees(with answer: RuleModel.Answer) -> Bool {
        guard units.analysed == answer.analysed, outcomes.kept == answer.kept, outcomes.reasons == answer.reasons else {
            return false
        }
        return variants.allSatisfy { variant in
            let outcomes = answer.outcomes[variant.variantID] ?? (0, 0)
            return variant.units == answer.units[variant.variantID] ?? 0
                && (variant.outcomesKept, variant.outcomes) == outcomes
        }
            && metrics.allSatisfy { metric in metric.variants.allSatisfy { agrees(metric, $0, answer) } }
    }

    private func agrees(
        _ metric: MetricResult, _ variant: MetricResult.Variant, _ answer: RuleModel.Answer
    ) -> Bool {
        let values = answer.values["\(metric.metric)|\(metric.kind)|\(variant.variantID)"] ?? []
        let count = Double(answer.units[variant.variantID] ?? 0)
        let scale = values.reduce(0) { $0 + abs($1) }
        let mean = count > 0 ? values.reduce(0, +) / count : 0
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } + (count - Double(values.count)) * mean * mean
        guard variant.unitsWithOutcome == values.count, abs((variant.mean ?? 0) - mean) <= 1e-12 * scale else {
            return false
        }
        guard let variance = variant.variance else { return count < 2 }
        return abs(variance - squares / (count - 1)) <= 1e-11 * variance
    }
}
