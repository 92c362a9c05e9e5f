/// The range of a namespace that an experiment claims, so that no unit is in two experiments of it.
///
/// A namespace spreads units over 0…1 by a hash of its name. Its experiments, all of the same unit, claim ranges apart of
/// each other and so exclude each other; one outside any namespace excludes nobody.
public struct NamespaceClaim: Sendable, Hashable {
    /// The namespace's name: 1 to 128 bytes.
    public let namespace: NamespaceName
    /// The beginning of the range, included: 0 or more.
    public let start: Double
    /// The end of the range, excluded: at most 1.
    public let end: Double

    /// Creates a claim.
    /// - Parameters:
    ///   - namespace: The namespace's name.
    ///   - start: Where the range begins, included.
    ///   - end: Where the range ends, excluded.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public init(_ namespace: String, from start: Double, to end: Double) throws(ExperimentError) {
        let namespace = NamespaceName(namespace)
        try Rules.checkName(namespace, field: "namespace")
        guard start >= 0, end <= 1, start < end else {
            throw .invalid("namespace range", "must begin at 0 or later, end at 1 or earlier, and not be empty")
        }
        self.namespace = namespace
        self.start = start
        self.end = end
    }

    /// Whether a unit can be in both.
    package func overlaps(_ other: NamespaceClaim) -> Bool {
        namespace == other.namespace && start < other.end && other.start < end
    }
}

/// An experiment that claims a range of a namespace, as the other experiments of the namespace meet it.
package struct NamespaceClaimant: Sendable {
    /// The experiment's id.
    package let experiment: ExperimentName
    /// The kind of unit that the experiment counts.
    package let unit: ExperimentUnit
    /// The range that the experiment claims.
    package let claim: NamespaceClaim

    package init(_ experiment: ExperimentName, _ unit: ExperimentUnit, _ claim: NamespaceClaim) {
        self.experiment = experiment
        self.unit = unit
        self.claim = claim
    }

    /// Nil for an experiment outside any namespace, and for one that is stopped and so claims nothing.
    package init?(_ experiment: Experiment, isStopped: Bool) {
        guard !isStopped, let claim = experiment.design.namespace else { return nil }
        self.init(experiment.id, experiment.design.unit, claim)
    }

    /// Two experiments that must not claim at the same time, and why.
    package struct Conflict: Sendable {
        /// The id of the experiment that cannot claim.
        package let experiment: ExperimentName
        /// Names both experiments and the rule.
        package let error: ExperimentError
    }

    /// Every conflict of experiments that begin to claim, with those that claim already and with those before them.
    ///
    /// What those that claim already have among themselves is not looked at. Ranges must not overlap; and all must count
    /// the same unit, since the ids of users and of sessions fall on unrelated points of the namespace.
    package static func conflicts(
        of new: [NamespaceClaimant], with standing: [NamespaceClaimant]
    ) -> [Conflict] {
        var claimants = Dictionary(grouping: standing, by: \.claim.namespace)
        var conflicts: [Conflict] = []
        for claimant in new {
            let others = claimants[claimant.claim.namespace] ?? []
            if let other = others.first(where: { $0.unit != claimant.unit }) {
                conflicts.append(Conflict(experiment: claimant.experiment, error: claimant.cannotExclude(other)))
            }
            for other in others where other.unit == claimant.unit && other.claim.overlaps(claimant.claim) {
                conflicts.append(Conflict(experiment: claimant.experiment, error: claimant.overlaps(other)))
            }
            claimants[claimant.claim.namespace, default: []].append(claimant)
        }
        return conflicts
    }

    private func overlaps(_ other: NamespaceClaimant) -> ExperimentError {
        .invalid("namespace range", "of '\(experiment)' must not overlap that of '\(other.experiment)'")
    }

    private func cannotExclude(_ other: NamespaceClaimant) -> ExperimentError {
        .invalid(
            "namespace",
            "of '\(experiment)' (unit \(unit.rawValue)) must not be that of '\(other.experiment)' (unit "
                + "\(other.unit.rawValue)): experiments of different units cannot exclude each other")
    }
}
