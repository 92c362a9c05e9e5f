import ExperimentDatabase
import Experimentation

/// One experiment in the phase that is analysed.
struct ReportedPhase {
    /// A variant of the phase.
    struct Arm {
        let variantRow: RowNumber<VariantRow>
        let name: VariantName
        let weight: Double
        let isControl: Bool
    }

    let experimentRow: RowNumber<ExperimentRow>
    let phaseRow: RowNumber<PhaseRow>
    let number: Int
    let experiment: ExperimentName
    let status: ExperimentStatus
    let unit: ExperimentUnit
    /// In the order of their declaration.
    let arms: [Arm]
    /// The metrics that decide, the most important first.
    let goals: [MetricName]
    /// The metrics that must not get worse, likewise.
    let guardrails: [Guardrail]
    /// When it is complete, and how large an effect must be.
    let plan: ExperimentPlan?
    /// Names of the experiment's variants of earlier phases too, by number.
    let variantNames: [RowNumber<VariantRow>: VariantName]

    private static let phases = """
        SELECT x.experiment_id, p.phase_id, max(p.number), x.name, x.status, x.unit, x.planned_units, x.minimum_lift
        FROM experiment_definition AS x LEFT JOIN phase_definition AS p ON p.experiment_id = x.experiment_id
        WHERE p.number IS NULL OR p.number = ?1
            OR NOT EXISTS (SELECT 1 FROM phase_definition WHERE experiment_id = x.experiment_id AND number = ?1)
        GROUP BY x.experiment_id ORDER BY x.experiment_id
        """
    private static let arms = """
        SELECT w.variant_id, v.name, w.weight, w.is_control
        FROM phase_variant AS w JOIN variant_definition AS v ON v.variant_id = w.variant_id
        WHERE w.phase_id = ?1 ORDER BY w.position
        """
    private static let roles = """
        SELECT metric, margin FROM metric_role WHERE experiment_id = ?1 ORDER BY role = 'guardrail', position
        """
    private static let variants = "SELECT variant_id, name FROM variant_definition WHERE experiment_id = ?1"

    /// Every experiment in the phase of a number, or in its latest where it has none of that number or none is given.
    ///
    /// One whose definition cannot be read is among the failures, and does not stop the others.
    static func all(
        _ connection: borrowing Connection, _ number: Int?
    ) throws -> (phases: [ReportedPhase], failures: [AnalysisResults.Failure]) {
        var found: [ReportedPhase] = []
        var failures: [AnalysisResults.Failure] = []
        let phases = try connection.query(Self.phases, number)
        while try phases.step() {
            do {
                found.append(try read(phases, connection))
            } catch StorageFailure.damaged(let reason) {
                failures.append(AnalysisResults.Failure(experiment: phases.name(3), reason: reason))
            }
        }
        return (found, failures)
    }

    /// The experiments asked for, each in the phase asked for.
    static func select(
        _ options: AnalysisOptions, from all: [ReportedPhase], _ failures: [AnalysisResults.Failure]
    ) throws(ExperimentError) -> [ReportedPhase] {
        let asked = Set(options.experiments)
        let known = Set(all.map(\.experiment) + failures.map(\.experiment))
        if let unknown = options.experiments.first(where: { !known.contains($0) }) {
            throw .experimentNotFound(unknown)
        }
        let chosen = all.filter { asked.isEmpty || asked.contains($0.experiment) }
        guard let phase = options.phase else { return chosen }
        let inPhase = chosen.filter { $0.number == phase }
        guard !inPhase.isEmpty, asked.isEmpty || inPhase.count == chosen.count else {
            throw .invalid("phase", "must be one that the experiment has had")
        }
        return inPhase
    }

    private static func read(
        _ row: borrowing Statement, _ connection: borrowing Connection
    ) throws -> ReportedPhase {
        guard !row.isNull(1) else { throw StorageFailure.damaged("it has no phase") }
        guard let status = ExperimentStatus(rawValue: row.text(4)), let unit = ExperimentUnit(rawValue: row.text(5))
        else { throw StorageFailure.damaged("its status or unit is unknown") }
        var declared: [Arm] = []
        let arms = try connection.query(Self.arms, row.int64(1))
        while try arms.step() {
            declared.append(
                Arm(
                    variantRow: arms.rowNumber(0), name: arms.name(1), weight: arms.double(2), isControl: arms.int64(3) == 1)
            )
        }
        guard declared.count(where: \.isControl) == 1 else {
            throw StorageFailure.damaged("its phase has no control")
        }
        var goals: [MetricName] = []
        var guardrails: [Guardrail] = []
        let roles = try connection.query(Self.roles, row.int64(0))
        while try roles.step() {
            guard let margin = roles.optionalDouble(1) else {
                goals.append(roles.name(0))
                continue
            }
            do throws(ExperimentError) {
                guardrails.append(try Guardrail(metric: roles.text(0), margin: margin))
            } catch {
                throw StorageFailure.damaged("a guardrail breaks a rule: \(error)")
            }
        }
        var variantNames: [RowNumber<VariantRow>: VariantName] = [:]
        let variants = try connection.query(Self.variants, row.int64(0))
        while try variants.step() { variantNames[variants.rowNumber(0)] = variants.name(1) }
        let plan: ExperimentPlan?
        do throws(ExperimentError) {
            plan =
                row.isNull(6) && row.isNull(7)
                ? nil
                : try ExperimentPlan(units: row.optionalInt64(6).map { Int($0) }, minimumLift: row.optionalDouble(7))
        } catch {
            throw StorageFailure.damaged("its plan breaks a rule: \(error)")
        }
        return ReportedPhase(
            experimentRow: row.rowNumber(0), phaseRow: row.rowNumber(1), number: row.int(2), experiment: row.name(3),
            status: status, unit: unit, arms: declared, goals: goals, guardrails: guardrails, plan: plan,
            variantNames: variantNames
        )
    }
}
