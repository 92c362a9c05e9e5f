import ExperimentDatabase
import ExperimentDefinitions
import Experimentation
import Synchronization

/// What `assign` answers from: the catalog of the definitions in force, replaced as a whole when they change.
final class ServedCatalog: Sendable {
    private let catalog = Mutex(ExperimentCatalog())
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
        return problems
    }
}
