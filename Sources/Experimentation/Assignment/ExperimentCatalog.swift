/// The experiments as ``ExperimentPlugin/assign(_:for:)`` sees them: an immutable snapshot in memory.
package struct ExperimentCatalog: Sendable {
    private let assigners: AssignerTable

    /// - Parameter assigners: One for each experiment.
    package init(_ assigners: [Assigner] = []) {
        self.assigners = AssignerTable(assigners)
    }

    /// The assigner of an experiment's units; nil where there is no such experiment.
    package subscript(id: ExperimentName) -> Assigner? { assigners[id] }

    /// The design of an experiment.
    package func design(_ id: ExperimentName) throws(ExperimentError) -> Experiment.Design {
        try assigner(id).design
    }

    /// Chooses a unit's variant; no I/O, no allocation.
    package func assign(_ id: ExperimentName, _ context: ExperimentContext) throws(ExperimentError) -> Variant {
        try assigner(id).assign(context)
    }

    private func assigner(_ id: ExperimentName) throws(ExperimentError) -> Assigner {
        if let assigner = assigners[id] { return assigner }
        // A text that can be no experiment's id gets the answer that recording gives it.
        try Rules.checkName(id, field: "experiment")
        throw .experimentNotFound(id)
    }
}
