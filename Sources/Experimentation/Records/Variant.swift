/// The answer to ``ExperimentPlugin/assign(_:for:)``: what to show, and whether it counts.
public struct Variant: Sendable, Hashable {
    /// The experiment's id.
    public let experiment: ExperimentName
    /// The variant's id within its experiment.
    public let variantID: VariantName
    /// Whether this is the variant that the others are compared with.
    public let isControl: Bool
    /// Whether an exposure to this answer enters the results, and if not, why.
    public let enrollment: Enrollment
    /// The phase that answered, from 1; nil from a plugin without phases.
    ///
    /// A recorded exposure belongs to it, also where another phase is in force by the time that the exposure is recorded.
    public let phase: Int?

    /// Creates an answer.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - variantID: The variant's id within its experiment.
    ///   - isControl: Whether this is the control.
    ///   - enrollment: Whether an exposure to it counts.
    ///   - phase: The phase that answers, from 1.
    public init(
        experiment: String, variantID: String, isControl: Bool, enrollment: Enrollment = .enrolled, phase: Int? = nil
    ) {
        self.init(ExperimentName(experiment), VariantName(variantID), isControl: isControl, enrollment, phase: phase)
    }

    package init(
        _ experiment: ExperimentName, _ variantID: VariantName, isControl: Bool, _ enrollment: Enrollment,
        phase: Int? = nil
    ) {
        self.experiment = experiment
        self.variantID = variantID
        self.isControl = isControl
        self.enrollment = enrollment
        self.phase = phase
    }
}
