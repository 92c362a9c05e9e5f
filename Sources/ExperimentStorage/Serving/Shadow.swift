import ExperimentDefinitions
public import Experimentation
import Metrics
import Synchronization

/// Definitions whose answers nobody gets: they are compared with the store's own, and the differences are counted.
final class Shadow: Sendable {
    /// One definition and its counts.
    private final class Comparison: Sendable {
        let assigner: Assigner
        let compared = Atomic(0)
        let disagreed = Atomic(0)
        let counter: Counter

        init(_ assigner: Assigner, _ factory: any MetricsFactory) {
            self.assigner = assigner
            counter = Counter(
                label: "experiments_shadow_disagreements_total",
                dimensions: [("experiment", assigner.id.text)], factory: factory)
        }
    }

    private let comparisons: [Comparison]
    private let byExperiment: [ExperimentName: Comparison]

    /// Nil where there is nothing to compare with, so that assigning costs nothing more.
    init?(_ configuration: StoreConfiguration) throws(ExperimentError) {
        guard !configuration.shadows.isEmpty else { return nil }
        var comparisons: [Comparison] = []
        for experiment in configuration.shadows {
            // Whatever its state: the question is what it would answer.
            let assigner = try Assigner(
                experiment.id, experiment.design, seed: experiment.ownSeed, holdout: nil,
                algorithms: configuration.algorithms)
            comparisons.append(Comparison(assigner, configuration.metrics))
        }
        self.comparisons = comparisons
        byExperiment = Dictionary(comparisons.map { ($0.assigner.id, $0) }) { _, last in last }
        guard byExperiment.count == comparisons.count else {
            throw .invalid("shadows", "must be of different experiments")
        }
    }

    /// Compares an answer of the store's; testers and experiments that don't run say nothing about an algorithm.
    func compare(_ answer: Variant, _ context: ExperimentContext) {
        guard answer.enrollment == .enrolled || answer.enrollment == .notEnrolled else { return }
        guard let comparison = byExperiment[answer.experiment] else { return }
        // The store has accepted the context, and so does this.
        guard let other = try? comparison.assigner.assign(context) else { return }
        comparison.compared.add(1, ordering: .relaxed)
        let isSameVariant = answer.enrollment == .notEnrolled || other.variantID == answer.variantID
        guard other.enrollment != answer.enrollment || !isSameVariant else { return }
        comparison.disagreed.add(1, ordering: .relaxed)
        comparison.counter.increment()
    }

    /// The counts, in the order of the configuration.
    var counts: [ShadowCount] {
        comparisons.map { comparison in
            ShadowCount(
                experiment: comparison.assigner.id, compared: comparison.compared.load(ordering: .relaxed),
                disagreed: comparison.disagreed.load(ordering: .relaxed))
        }
    }
}

/// The counts of answers that a shadow would have given otherwise than the store did, since the store was opened.
public struct ShadowCount: Sendable, Hashable {
    /// The experiment's id.
    public let experiment: ExperimentName
    /// The number of answers that were compared: those to units that the experiment enrolled or left out.
    public let compared: Int
    /// The number of compared answers in which the shadow would have given another variant or another enrollment.
    public let disagreed: Int
}
