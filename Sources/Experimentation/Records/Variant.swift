/// The answer to ``ExperimentPlugin/assign(_:for:)``: what to show, and whether it counts.
public struct Variant: Sendable, Hashable {
    /// The experiment's id.
    public let experiment: String
    /// The variant's id within its experiment.
    public let variantID: String
    /// Whether this is the variant that the others are compared with.
    public let isControl: Bool
    /// Whether an exposure to this answer enters the results, and if not, why.
    public let enrollment: Enrollment

    /// Creates an answer.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - variantID: The variant's id within its experiment.
    ///   - isControl: Whether this is the control.
    ///   - enrollment: Whether an exposure to it counts.
    public init(experiment: String, variantID: String, isControl: Bool, enrollment: Enrollment = .enrolled) {
        self.experiment = experiment
        self.variantID = variantID
        self.isControl = isControl
        self.enrollment = enrollment
    }

    /// Whether two answers are the same, ids byte for byte.
    public static func == (left: Variant, right: Variant) -> Bool {
        left.experiment.isSameBytes(as: right.experiment) && left.variantID.isSameBytes(as: right.variantID)
            && left.isControl == right.isControl && left.enrollment == right.enrollment
    }

    /// Hashes the bytes of both ids.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(experiment))
        hasher.combine(ByteString(variantID))
    }
}
