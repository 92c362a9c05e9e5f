import ExperimentDatabase
import ExperimentDefinitions
import Experimentation
import Synchronization

/// The catalog that `assign` answers from, of the definitions in force; replaced as a whole when they change.
final class ServedCatalog: Sendable {
    private let catalog = Mutex(ExperimentCatalog())
    /// The experiments, in order of definition.
    private let names = Mutex<[ExperimentName]>([])
    private let algorithms: AssignmentAlgorithms
    /// Nil when no answers are compared.
    let shadow: Shadow?

    init(_ configuration: StoreConfiguration) throws(ExperimentError) {
        algorithms = configuration.algorithms
        shadow = try Shadow(configuration)
    }

    /// Chooses a unit's variant.
    ///
    /// The lock is held for as long as it takes to copy a reference, so nobody waits for a reload or for another caller.
    func assign(_ experiment: ExperimentName, _ context: ExperimentContext) throws(ExperimentError) -> Variant {
        let answer = try catalog.withLock { $0 }.assign(experiment, context)
        if let shadow { shadow.compare(answer, context) }
        return answer
    }

    /// Whether there is an experiment of that id.
    func knows(_ experiment: ExperimentName) -> Bool { catalog.withLock { $0 }[experiment] != nil }

    /// A unit's variants of all experiments that run, in order of definition.
    func assignAll(_ context: ExperimentContext) -> [Variant] {
        let catalog = catalog.withLock { $0 }
        return names.withLock { $0 }.compactMap { name in
            guard let variant = try? catalog.assign(name, context), variant.enrollment != .notRunning else {
                return nil
            }
            return variant
        }
    }

    /// Answers from other definitions from now on.
    /// - Parameters:
    ///   - definitions: The definitions.
    ///   - now: The moment that schedules are compared with, in µs since 1970 UTC.
    /// - Returns: Why experiments enroll nobody.
    func replace(by definitions: DefinitionSnapshot, at now: Int64) -> [ExperimentError] {
        let old = catalog.withLock { $0 }
        var (catalog, problems) = definitions.catalog(algorithms, at: now, after: old)
        // Swapped, so that the old catalog is torn down outside the lock.
        self.catalog.withLock { swap(&$0, &catalog) }
        names.withLock { $0 = definitions.experiments.map(\.stored.experiment.id) }
        return problems
    }
}
