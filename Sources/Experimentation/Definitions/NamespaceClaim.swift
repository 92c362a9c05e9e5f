/// The range of a namespace that an experiment claims, so that no unit is in two experiments of it.
///
/// A namespace spreads units over 0…1 by a hash of its name. Its experiments, all of the same unit, claim ranges apart of
/// each other and so exclude each other; one outside any namespace excludes nobody.
public struct NamespaceClaim: Sendable, Hashable {
    /// The namespace's name: 1 to 128 bytes.
    public let namespace: NamespaceName
    /// Where the range begins, included: 0 or more.
    public let start: Double
    /// Where the range ends, excluded: at most 1.
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
