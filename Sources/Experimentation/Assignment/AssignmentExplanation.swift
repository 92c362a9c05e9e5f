/// The course of an assignment: the steps of a unit on the way to its variant, in order, up to the one that decides.
public struct AssignmentExplanation: Sendable, Hashable {
    /// A question that is asked of a unit.
    ///
    /// A point is the unit's place in 0…1 by a hash of its own.
    public enum Step: Sendable, Hashable {
        /// Testers get what they asked for: this variant.
        case override(variantID: VariantName)
        /// The experiment's place in its life, by its status and its dates; only a running one assigns.
        case status(ExperimentStatus)
        /// There is no id of the unit that the experiment assigns by.
        case noUnit(ExperimentUnit)
        /// The unit's point is to be below the coverage.
        case coverage(Double, point: Double)
        /// The unit's point is to be within the range of the namespace.
        case namespace(NamespaceClaim, point: Double)
        /// The unit's point is to be at or above the holdout's share.
        case holdout(Holdout, point: Double)
        /// The algorithm, with what it hashes before the unit's id, chooses the variant; nil: it leaves the unit out, for
        /// the reason of ``UnitAssigning/exclusion(of:)``.
        case algorithm(AssignmentAlgorithm, seed: Seed, variantID: VariantName?, exclusion: String? = nil)

        /// Whether the unit goes on to the next step.
        public var isPassed: Bool {
            switch self {
            case .override, .noUnit, .algorithm: false
            case .status(let status): status == .running
            case .coverage(let coverage, let point): point < coverage
            case .namespace(let claim, let point): claim.start <= point && point < claim.end
            case .holdout(let holdout, let point): point >= holdout.share
            }
        }
    }

    /// The answer, as ``ExperimentPlugin/assign(_:for:)`` gives it.
    public let variant: Variant
    /// The steps that were asked; the last one decided.
    public let steps: [Step]
}

extension Assigner {
    /// Assigns a unit, and says how that comes about.
    package func explain(_ context: ExperimentContext) throws(ExperimentError) -> AssignmentExplanation {
        let variant = try assign(context)
        let unitID = design.unit == .user ? context.userID : try Session.id(context.sessionID, context.attributes)
        var steps: [AssignmentExplanation.Step] = []
        for step in self.steps(of: unitID) {
            steps.append(step)
            guard step.isPassed else { break }
        }
        return AssignmentExplanation(variant: variant, steps: steps)
    }
}
