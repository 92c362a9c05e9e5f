import ExperimentDefinitions
import Experimentation
import Metrics
import Synchronization

/// Definitions whose answers nobody gets: they are compared with the store's own, and the differences are counted.
final class Shadow: Sendable {
    /// One definition and its counts.
    private final class Entry: Sendable {
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

    private let entries: [Entry]
    private let byExperiment: [ExperimentName: Entry]

    /// Nil where there is nothing to compare with, so that assigning costs nothing more.
    init?(_ configuration: StoreConfiguration) throws(ExperimentError) {
        guard !configuration.shadows.isEmpty else { return nil }
        var entries: [Entry] = []
        for experiment in configuration.shadows {
            // Whatever its state: the question is what it would answer.
            let assigner = try Assigner(
                experiment.id, experiment.design, seed: experiment.ownSeed, holdout: nil,
                algorithms: configuration.algorithms)
            entries.append(Entry(assigner, configuration.metrics))
        }
        self.entries = entries
        byExperiment = Dictionary(entries.map { ($0.assigner.id, $0) }) { _, last in last }
        guard byExperiment.count == entries.count else { throw .invalid("shadows", "must be of different experiments") }
    }

    /// Compares an answer of the store's; testers and experiments that don't run say nothing about an algorithm.
    func compare(_ answer: Variant, _ context: ExperimentContext) {
        guard answer.enrollment == .enrolled || answer.enrollment == .notEnrolled else { return }
        guard let entry = byExperiment[answer.experiment] else { return }
        // The store has accepted the context, and so does this.
        guard let other = try? entry.assigner.assign(context) else { return }
        entry.compared.add(1, ordering: .relaxed)
        let isSameVariant = answer.enrollment == .notEnrolled || other.variantID == answer.variantID
        guard other.enrollment != answer.enrollment || !isSameVariant else { return }
        entry.disagreed.add(1, ordering: .relaxed)
        entry.counter.increment()
    }

    /// The counts, in the order of the configuration.
    var counts: [ShadowCount] {
        entries.map { entry in
            ShadowCount(
                experiment: entry.assigner.id, compared: entry.compared.load(ordering: .relaxed),
                disagreed: entry.disagreed.load(ordering: .relaxed))
        }
    }
}
