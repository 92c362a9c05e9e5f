import Experimentation

extension Trial {
    /// Those of the designs' units that are enrolled, each with its answer; the others must get the control.
    func enrolled(_ experiment: ExperimentName) throws(Failure) -> [UnitID: Variant] {
        var enrolled: [UnitID: Variant] = [:]
        for user in Designs.users {
            let answer = try assign(experiment, user: user)
            if answer.enrollment == .enrolled {
                enrolled[user] = answer
            } else {
                try require(
                    answer.isControl && answer.enrollment == .notEnrolled,
                    "\(experiment): a unit left out gets \(answer.variantID), \(answer.enrollment).")
            }
        }
        return enrolled
    }

    /// Fails the promise unless a share is about the one expected.
    func requireShare(_ count: Int, of total: Int, _ expected: Double, _ what: String) throws(Failure) {
        let share = Double(count) / Double(max(total, 1))
        try require(abs(share - expected) < 0.1, "\(what) \(share) of the units, not about \(expected).")
    }
}
