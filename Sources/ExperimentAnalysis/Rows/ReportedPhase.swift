import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

/// Experiment in the phase that is analysed.
struct ReportedPhase {
    /// A variant of the phase.
    struct Variant {
        let variantRow: RowNumber<VariantRow>
        let name: VariantName
        let weight: Double
        let isControl: Bool
    }

    let experimentRow: RowNumber<ExperimentRow>
    let phaseRow: RowNumber<PhaseRow>
    let number: Int
    /// Whether there is no later phase: only then can exposures and outcomes be missed.
    let isLatest: Bool
    let experiment: ExperimentName
    let status: ExperimentStatus
    /// Time at which the experiment was stopped, in µs since 1970 UTC, and what everybody gets since; nil where not so.
    let stopped: Int64?
    let winner: VariantName?
    /// Time of the experiment's last start, or of its scheduled one, in µs since 1970 UTC; nil for a draft.
    let startedAt: Int64?
    let unit: ExperimentUnit
    /// Identity: the way to the unit of an outcome that lacks its unit's id.
    let identity: Identity
    /// Variants in the order of their declaration.
    let variants: [Variant]
    /// Assigns units as the phase does; nil where nobody here knows its algorithm, and where another phase hashes alike: what
    /// its units did then may hang on their variant.
    let assigner: Assigner?
    /// Analysis of the experiment: its goals, guardrails, plan and rules, which decide.
    let analysis: Experiment.Analysis
    /// Names of the experiment's variants of earlier phases too, by number.
    let variantNames: [RowNumber<VariantRow>: VariantName]

    init(_ stored: StoredPhase, isLatest: Bool, isAloneWithSeed: Bool) {
        self.isLatest = isLatest
        assigner =
            isAloneWithSeed
            ? try? Assigner(
                stored.experiment, stored.design, seed: stored.seed, holdout: stored.holdout, algorithms: .standard)
            : nil
        experimentRow = stored.experimentID
        phaseRow = stored.phaseID
        number = stored.number
        experiment = stored.experiment
        status = stored.status
        stopped = stored.stoppedAt?.microsecondsSince1970
        winner = stored.winner
        startedAt = stored.startedAt
        unit = stored.design.unit
        identity = stored.analysis.identity
        analysis = stored.analysis
        variantNames = Dictionary(uniqueKeysWithValues: stored.everyVariant.map { ($0.id, $0.name) })
        variants = stored.design.variants.compactMap { variant in
            stored.row(of: variant.variantID).map { row in
                Variant(variantRow: row, name: variant.variantID, weight: variant.weight, isControl: variant.isControl)
            }
        }
    }

    /// The metrics that decide, the most important first.
    var goals: [MetricName] { analysis.goals }
    /// The metrics that must not get worse, likewise.
    var guardrails: [Guardrail] { analysis.guardrails }
    /// The attributes by whose values it is tested in parts.
    var segments: [AttributeName] { analysis.segments }

    /// Experiments in the phase of a number, or each in its latest where it has none of that number or none is given.
    ///
    /// A damaged experiment, or one whose phase of that number is damaged, does not stop the others.
    static func all(
        _ connection: borrowing Connection, _ number: Int?
    ) throws -> (phases: [ReportedPhase], damaged: [DamagedExperiment]) {
        let (phases, damaged) = try DefinitionReader.phases(connection)
        var chosen: [StoredPhase] = []
        let retained = Set(try RetainedPhaseTable.all(connection).map(\.row))
        var latest: [RowNumber<ExperimentRow>: Int] = [:]
        for phase in phases { latest[phase.experimentID] = max(latest[phase.experimentID] ?? 0, phase.number) }
        for phase in phases where !retained.contains(phase.phaseID) {
            if let last = chosen.last, last.experimentID == phase.experimentID {
                // In order of their numbers: a later phase is taken, unless the phase asked for is there.
                guard last.number != number else { continue }
                chosen.removeLast()
            }
            chosen.append(phase)
        }
        let unreadable = damaged.filter { $0.earlierPhase == nil || $0.earlierPhase == number }
        let left = Set(unreadable.map(\.id))
        return (
            chosen.filter { !left.contains($0.experiment) }.map {
                phase in
                ReportedPhase(
                    phase, isLatest: phase.number == latest[phase.experimentID],
                    isAloneWithSeed: !phases.contains {
                        $0.experimentID == phase.experimentID && $0.number != phase.number && $0.seed == phase.seed
                    })
            },
            unreadable
        )
    }

    /// Says what became of an experiment or a phase that is asked for and has no rows any more.
    static func checkRetained(
        _ options: AnalysisOptions, beside all: [ReportedPhase], _ connection: borrowing Connection
    ) throws {
        let asked = Set(options.experiments)
        guard !asked.isEmpty || options.phase != nil else { return }
        let gone = try RetainedPhaseTable.all(connection).last { phase in
            if asked.isEmpty { return phase.number == options.phase && !all.contains { $0.number == options.phase } }
            guard asked.contains(phase.experiment) else { return false }
            if let number = options.phase { return phase.number == number }
            return !all.contains { $0.experiment == phase.experiment }
        }
        guard let gone else { return }
        throw ExperimentError.invalid(
            "experiment",
            "'\(gone.experiment)' cannot be reported in phase \(gone.number): its rows \(gone.explanation) "
                + "(the views nightly_results and nightly_decisions)")
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
            throw .invalid("phase", "must be one that the experiment has had, from 1 to the latest")
        }
        return inPhase
    }
}
