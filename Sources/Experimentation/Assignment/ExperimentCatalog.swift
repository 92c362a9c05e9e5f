/// The experiments as ``ExperimentPlugin/assign(_:for:)`` sees them: an immutable snapshot in memory.
package struct ExperimentCatalog: Sendable {
    private let assigners: [ByteString: Assigner]

    /// - Parameter assigners: One for each experiment.
    package init(_ assigners: [Assigner] = []) {
        self.assigners = Dictionary(assigners.map { (ByteString($0.experiment.id), $0) }) { _, last in last }
    }

    /// The definition of an experiment.
    package func experiment(_ id: String) throws(ExperimentError) -> Experiment {
        guard let assigner = assigners[ByteString(id)] else { throw .experimentNotFound(id) }
        return assigner.experiment
    }

    /// Chooses a unit's variant; no I/O, no allocation.
    package func assign(_ id: String, _ context: borrowing ExperimentContext) throws(ExperimentError) -> Variant {
        guard let assigner = assigners[ByteString(id)] else { throw .experimentNotFound(id) }
        return try assigner.assign(context)
    }
}
