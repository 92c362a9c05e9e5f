/// One experiment made ready for assigning: everything that can be computed before a unit is known.
///
/// A class, so that finding one in the catalog copies one reference and not every part of it.
package final class Assigner: Sendable {
    package let experiment: Experiment
    /// The state of the hash after the seed and the colon, so that only the unit's id is left to hash.
    private let prefix: DefaultHash
    private let choice: WeightedChoice
    private let enrolled: [Variant]
    private let outsider: Variant
    /// What everybody gets when the experiment is not running.
    private let closed: Variant?

    /// - Parameters:
    ///   - experiment: The definition.
    ///   - seed: What is hashed before the colon; the experiment's id unless a phase re-randomised.
    package init(_ experiment: Experiment, seed: String? = nil) {
        self.experiment = experiment
        var prefix = DefaultHash(seed ?? experiment.id)
        prefix.combine(":")
        self.prefix = prefix
        choice = WeightedChoice(experiment.variants.map(\.weight))
        func answer(_ variant: VariantDefinition, _ enrollment: Enrollment) -> Variant {
            Variant(
                experiment: experiment.id, variantID: variant.variantID, isControl: variant.isControl,
                enrollment: enrollment)
        }
        enrolled = experiment.variants.map { answer($0, .enrolled) }
        outsider = answer(experiment.control, .notEnrolled)
        let winner = experiment.winner.flatMap { id in
            experiment.variants.first { $0.variantID.isSameBytes(as: id) }
        }
        closed = experiment.status == .running ? nil : answer(winner ?? experiment.control, .notRunning)
    }

    /// Chooses a unit's variant; no I/O, no allocation.
    package func assign(_ context: borrowing ExperimentContext) throws(ExperimentError) -> Variant {
        let sessionID = try Session.id(context.sessionID, context.attributes)
        try Rules.checkUnitID(context.userID, field: "user_id")
        try Rules.checkUnitID(sessionID, field: "session_id")
        if let closed { return closed }
        guard let unitID = experiment.unit == .user ? context.userID : sessionID else { return outsider }
        var hash = prefix
        hash.combine(unitID)
        return enrolled[choice.index(of: hash.point)]
    }
}
