import ExperimentDatabase
import ExperimentDefinitions
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
    /// What decides.
    let analysis: Experiment.Analysis
    /// Names of the experiment's variants of earlier phases too, by number.
    let variantNames: [RowNumber<VariantRow>: VariantName]

    init(_ stored: StoredPhase) {
        experimentRow = stored.experimentID
        phaseRow = stored.phaseID
        number = stored.number
        experiment = stored.experiment
        status = stored.status
        unit = stored.design.unit
        analysis = stored.analysis
        variantNames = Dictionary(uniqueKeysWithValues: stored.everyVariant.map { ($0.id, $0.name) })
        arms = stored.design.variants.compactMap { variant in
            stored.row(of: variant.variantID).map { row in
                Arm(variantRow: row, name: variant.variantID, weight: variant.weight, isControl: variant.isControl)
            }
        }
    }

    /// The metrics that decide, the most important first.
    var goals: [MetricName] { analysis.goals }
    /// The metrics that must not get worse, likewise.
    var guardrails: [Guardrail] { analysis.guardrails }
    /// The attributes by whose values it is tested in parts.
    var segments: [AttributeName] { analysis.segments }

    /// Every experiment in the phase of a number, or in its latest where it has none of that number or none is given.
    ///
    /// A damaged experiment, or one whose phase of that number is damaged, does not stop the others.
    static func all(
        _ connection: borrowing Connection, _ number: Int?
    ) throws -> (phases: [ReportedPhase], damaged: [DamagedExperiment]) {
        let (phases, damaged) = try DefinitionReader.phases(connection)
        var chosen: [StoredPhase] = []
        let retained = try retained(connection)
        for phase in phases where retained[phase.phaseID] == nil {
            if let last = chosen.last, last.experimentID == phase.experimentID {
                // In order of their numbers: a later phase is taken, unless the phase asked for is there.
                guard last.number != number else { continue }
                chosen.removeLast()
            }
            chosen.append(phase)
        }
        let unreadable = damaged.filter { $0.earlierPhase == nil || $0.earlierPhase == number }
        let left = Set(unreadable.map(\.id))
        return (chosen.filter { !left.contains($0.experiment) }.map { ReportedPhase($0) }, unreadable)
    }

    /// Phases whose rows a retention removed, with their experiments: nothing can be reported of them but stored nights.
    private static func retained(_ connection: borrowing Connection) throws -> [RowNumber<PhaseRow>: ExperimentName] {
        var found: [RowNumber<PhaseRow>: ExperimentName] = [:]
        let rows = try connection.prepare(
            """
            SELECT p.phase_id, x.name FROM retained_phase AS r JOIN phase_definition AS p ON p.phase_id = r.phase_id
            JOIN experiment_definition AS x ON x.experiment_id = p.experiment_id
            """)
        while try rows.step() { found[rows.rowNumber(0)] = rows.name(1) }
        return found
    }

    /// Says what became of an experiment that is asked for and has no rows any more.
    static func checkRetained(
        _ options: AnalysisOptions, beside all: [ReportedPhase], _ connection: borrowing Connection
    ) throws {
        guard !options.experiments.isEmpty else { return }
        let gone = Set(try retained(connection).values).subtracting(all.map(\.experiment))
        guard let name = options.experiments.first(where: gone.contains) else { return }
        throw ExperimentError.invalid(
            "experiment",
            "'\(name)' cannot be reported: its rows were removed, and its results are in the stored nights (the views "
                + "nightly_results and nightly_decisions)")
    }

    /// The experiments asked for, each in the phase asked for.
    static func select(
        _ options: AnalysisOptions, from all: [ReportedPhase], _ damaged: [DamagedExperiment]
    ) throws(ExperimentError) -> [ReportedPhase] {
        let asked = Set(options.experiments)
        let known = Set(all.map(\.experiment) + damaged.map(\.id))
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
}
