public import ExperimentStatistics
public import Experimentation

/// What one experiment shows in one phase.
public struct ExperimentResult: Sendable, Hashable {
    /// A variant and its units.
    public struct Variant: Sendable, Hashable {
        /// The variant's id.
        public let variantID: String
        /// Whether the others are compared with it.
        public let isControl: Bool
        /// Its weight; 0 for a variant of an earlier phase that was exposed in this one.
        public let weight: Double
        /// Its analysed units.
        public let units: Int
    }

    /// The experiment's id.
    public let experiment: String
    /// Where it is in its life.
    public let status: ExperimentStatus
    /// Who is counted.
    public let unit: ExperimentUnit
    /// The number of the phase, from 1.
    public let phase: Int
    /// The id of the control.
    public let control: String
    /// What became of its exposures.
    public let exposures: ExposureCounts
    /// Its units.
    public let units: UnitCounts
    /// What became of its outcomes.
    public let outcomes: OutcomeCounts
    /// In the order of their declaration.
    public let variants: [Variant]
    /// Whether the variants got the units their weights promise; nothing else can be trusted where they did not.
    public let sampleRatio: SampleRatioTest
    /// By name and kind; those with a kept outcome.
    public let metrics: [MetricResult]
}

extension ExperimentResult {
    init(_ phase: ReportedPhase, _ aggregates: Aggregates, _ options: AnalysisOptions) {
        let arms = ReportedArm.all(phase, units: aggregates.arms[phase.experimentID] ?? [:])
        let metrics = (aggregates.metrics[phase.experimentID] ?? []).map {
            MetricResult($0, arms, isGoal: phase.isGoal($0.name), confidence: options.confidence)
        }
        experiment = phase.experiment
        status = phase.status
        unit = phase.unit
        self.phase = phase.number
        control = arms.first(where: \.variant.isControl)?.variant.variantID ?? ""
        exposures = aggregates.exposures[phase.experimentID] ?? ExposureCounts()
        units = aggregates.units[phase.experimentID] ?? UnitCounts()
        outcomes = aggregates.outcomes[phase.experimentID] ?? OutcomeCounts()
        variants = arms.map(\.variant)
        sampleRatio = SampleRatioTest(
            arms.map { SampleRatioTest.Arm(count: $0.variant.units, weight: $0.variant.weight) })
        self.metrics = Multiplicity.adjust(metrics)
    }
}

extension ReportedPhase {
    fileprivate func isGoal(_ metric: String) -> Bool { goals.contains { $0.isSameBytes(as: metric) } }
}

/// A variant of a report with its number in the file.
struct ReportedArm {
    let variantID: Int64
    let variant: ExperimentResult.Variant

    /// The variants of the phase as declared, then any other that has units: exposures to a variant of an earlier phase
    /// are legal, and must not vanish.
    static func all(_ phase: ReportedPhase, units: [Int64: Int]) -> [ReportedArm] {
        let declared = phase.arms.map { arm in
            ReportedArm(
                variantID: arm.variantID,
                variant: ExperimentResult.Variant(
                    variantID: arm.name, isControl: arm.isControl, weight: arm.weight, units: units[arm.variantID] ?? 0)
            )
        }
        let others = units.keys.filter { id in !phase.arms.contains { $0.variantID == id } }.sorted()
        return declared
            + others.map { id in
                ReportedArm(
                    variantID: id,
                    variant: ExperimentResult.Variant(
                        variantID: phase.variantNames[id] ?? "", isControl: false, weight: 0, units: units[id] ?? 0))
            }
    }
}
