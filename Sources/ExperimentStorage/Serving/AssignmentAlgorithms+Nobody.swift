import Experimentation

extension AssignmentAlgorithms {
    /// One algorithm of a given name, which leaves every unit out.
    static func enrollingNobody(by name: AssignmentAlgorithm) -> AssignmentAlgorithms {
        AssignmentAlgorithms([name: { (_, _) throws(ExperimentError) in Nobody() }])
    }

    private struct Nobody: UnitAssigning {
        func index(of unitID: String) -> Int? { nil }
    }
}
