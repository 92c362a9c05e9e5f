import ExperimentDatabase
import Experimentation

/// A phase as it assigned its units while it ran: without testers, whose exposures are logged as overrides.
struct RecordedPhase {
    private static let selectPhases = """
        SELECT x.name, x.unit, p.phase_id, p.number, p.algorithm, p.seed, p.started_at_us,
            p.settings, p.namespace, p.range_start, p.range_end, p.holdout, p.holdout_share,
            (SELECT max(coverage) FROM phase_coverage WHERE phase_id = p.phase_id)
        FROM experiment_definition AS x LEFT JOIN phase_definition AS p ON p.experiment_id = x.experiment_id
        ORDER BY x.experiment_id, p.number
        """
    private static let selectVariants = """
        SELECT v.name, w.weight, w.is_control
        FROM phase_variant AS w JOIN variant_definition AS v ON v.variant_id = w.variant_id
        WHERE w.phase_id = ?1 ORDER BY w.position
        """

    let phaseID: RowNumber<PhaseRow>
    let number: Int
    /// Running, with the largest coverage the phase has had: it only grows, and growth moves nobody who is in.
    let experiment: Experiment
    let seed: Seed
    let holdout: Holdout?

    /// Every phase of every experiment, and what is wrong with those that cannot be read.
    static func all(
        _ connection: borrowing Connection
    ) throws -> (phases: [RecordedPhase], failures: [String]) {
        let current = try HoldoutTable.current(connection)
        let variants = try connection.prepare(selectVariants)
        var found: [RecordedPhase] = []
        var failures: [String] = []
        let rows = try connection.prepare(selectPhases)
        while try rows.step() {
            guard !rows.isNull(2) else {
                failures.append("\(rows.text(0)) has no phase")
                continue
            }
            try variants.bind(rows.int64(2), at: 1)
            var arms: [VariantDefinition] = []
            while try variants.step() {
                arms.append(
                    VariantDefinition(variants.text(0), weight: variants.double(1), isControl: variants.int64(2) == 1))
            }
            switch read(rows, arms, current) {
            case .success(let phase): found.append(phase)
            case .failure(let error): failures.append("\(rows.text(0)), phase \(rows.int(3)): \(error)")
            }
        }
        return (found, failures)
    }

    private static func read(
        _ row: borrowing Statement, _ variants: [VariantDefinition], _ current: Holdout?
    ) -> Result<RecordedPhase, ExperimentError> {
        Result { () throws(ExperimentError) in
            guard let unit = ExperimentUnit(rawValue: row.text(1)) else { throw .invalid("unit", "must be known") }
            let experiment = try Experiment(
                id: row.text(0), unit: unit, variants: variants, coverage: row.optionalDouble(13) ?? 1,
                namespace: row.isNull(8)
                    ? nil : NamespaceClaim(row.text(8), from: row.double(9), to: row.double(10)),
                algorithm: AssignmentAlgorithm(rawValue: row.text(4)), settings: row.optionalText(7))
            let own = row.isNull(11) ? nil : try Holdout(name: row.text(11), share: row.double(12))
            return RecordedPhase(
                phaseID: row.rowNumber(2), number: row.int(3), experiment: experiment, seed: row.name(5),
                holdout: row.isNull(6) ? current : own)
        }
    }
}
