import ExperimentDatabase
import Experimentation

/// The rule of phases and runs once more, word for word: what an exposure is whose record does not say it.
struct PhaseModel {
    private struct Phase {
        let number: Int
        let start: Int64?
        var variants: Set<VariantName> = []
    }

    /// The phases of each experiment, in order of their numbers.
    private var phases: [ExperimentName: [Phase]] = [:]
    private var runs: [ExperimentName: [Range<Int64>]] = [:]

    init(_ connection: borrowing Connection) throws {
        let phaseRows = try connection.prepare(
            """
            SELECT x.name, p.number, p.started_at_us FROM phase_definition p JOIN experiment_definition x USING (experiment_id)
            ORDER BY p.number
            """)
        while try phaseRows.step() {
            phases[phaseRows.name(0), default: []].append(
                Phase(number: phaseRows.int(1), start: phaseRows.optionalInt64(2)))
        }
        let variantRows = try connection.prepare(
            """
            SELECT x.name, p.number, v.name FROM phase_variant w JOIN phase_definition p USING (phase_id)
            JOIN experiment_definition x USING (experiment_id) JOIN variant_definition v USING (variant_id)
            """)
        while try variantRows.step() {
            let number = variantRows.int(1)
            guard let place = phases[variantRows.name(0)]?.firstIndex(where: { $0.number == number }) else { continue }
            phases[variantRows.name(0)]?[place].variants.insert(variantRows.name(2))
        }
        let runRows = try connection.prepare(
            """
            SELECT x.name, r.started_at_us, r.stopped_at_us
            FROM experiment_run r JOIN experiment_definition x USING (experiment_id)
            """)
        while try runRows.step() {
            let (start, end) = (runRows.optionalInt64(1) ?? .min, runRows.optionalInt64(2) ?? .max)
            runs[runRows.name(0), default: []].append(start..<end)
        }
    }

    /// The phase in force of an experiment.
    func latest(_ experiment: ExperimentName) -> Int { phases[experiment]?.last?.number ?? 0 }

    func isRunning(_ experiment: ExperimentName, at time: Int64) -> Bool {
        runs[experiment]?.contains { $0.contains(time) } ?? false
    }

    /// The phase in force, else the nearest that has the variant, of equally near ones the earlier.
    func phase(_ experiment: ExperimentName, _ variant: VariantName, at time: Int64) -> Int {
        let phases = phases[experiment] ?? []
        let isKnown = phases.contains { $0.variants.contains(variant) }
        var best = (number: 0, distance: Int64.max)
        for (place, phase) in phases.enumerated() where !isKnown || phase.variants.contains(variant) {
            let end = phases[(place + 1)...].compactMap(\.start).min() ?? .max
            let start = place == 0 ? .min : phase.start ?? .max
            let distance = time < start ? start - time : time >= end ? time - end + 1 : 0
            if best.number == 0 || distance < best.distance { best = (phase.number, distance) }
        }
        return best.number
    }
}
