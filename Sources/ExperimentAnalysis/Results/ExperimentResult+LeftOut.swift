package import Experimentation

extension ExperimentResult {
    /// Problem of a first goal or guardrail that leaves out another share of a treatment's units than of the control's.
    ///
    /// Such a metric compares different people, whether its definition leaves them out by choice or by default: it neither
    /// ships the treatment nor holds as a guardrail of it.
    /// - Parameter variantID: The treatment.
    /// - Returns: The clearest such problem, in the order of the problems; nil where there is none.
    package func unitsLeftOut(deciding variantID: VariantName) -> UnitsLeftOut? {
        let deciding = Set(goals.prefix(1) + guardrails.map(\.metric))
        for case .unitsLeftOut(let units) in problems
        where units.variantID == variantID && deciding.contains(units.metric) { return units }
        return nil
    }
}
