/// The definition of an experiment: who is counted, what they can get, and what is measured.
///
/// A value of this type is valid: one control, unique variant ids, at least one positive weight.
public struct Experiment: Sendable, Hashable {
    /// The experiment's id: 1 to 128 bytes, compared byte for byte.
    public let id: String
    /// Where the experiment is in its life.
    public let status: ExperimentStatus
    /// Who is counted.
    public let unit: ExperimentUnit
    /// What a unit can get, in the order in which assignment walks the weights.
    public let variants: [VariantDefinition]
    /// The variant everybody gets once the experiment is stopped; nil for the control.
    public let winner: String?
    /// The metrics that decide, by name, the most important first.
    public let goals: [String]
    /// The metrics that must not get worse.
    public let guardrails: [Guardrail]
    /// The named hash that assigns its units; stored with the phase, so that no upgrade moves anyone.
    public let algorithm: AssignmentAlgorithm

    /// Creates a definition and checks it.
    /// - Parameters:
    ///   - id: The experiment's id.
    ///   - status: Where the experiment is in its life.
    ///   - unit: Who is counted.
    ///   - variants: What a unit can get: at least one, exactly one of them the control.
    ///   - winner: The variant everybody gets once the experiment is stopped.
    ///   - goals: The metrics that decide.
    ///   - guardrails: The metrics that must not get worse.
    ///   - algorithm: The named hash that assigns its units.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public init(
        id: String, status: ExperimentStatus = .running, unit: ExperimentUnit = .user, variants: [VariantDefinition],
        winner: String? = nil, goals: [String] = [], guardrails: [Guardrail] = [],
        algorithm: AssignmentAlgorithm = .fnv1a64Fmix64
    ) throws(ExperimentError) {
        try Rules.checkName(id, field: "experiment")
        try Self.check(variants)
        if let winner, !variants.contains(where: { $0.variantID.isSameBytes(as: winner) }) {
            throw .invalid("winner", "must be one of the experiment's variants")
        }
        if winner != nil, status != .stopped { throw .invalid("winner", "needs a stopped experiment") }
        for goal in goals { try Rules.checkName(goal, field: "goal") }
        self.id = id
        self.status = status
        self.unit = unit
        self.variants = variants
        self.winner = winner
        self.goals = goals
        self.guardrails = guardrails
        self.algorithm = algorithm
    }

    /// The variant that the others are compared with.
    public var control: VariantDefinition { variants[controlIndex] }

    /// The control's position among ``variants``.
    package var controlIndex: Int { variants.firstIndex(where: \.isControl) ?? 0 }

    /// Whether two definitions are the same, ids byte for byte.
    public static func == (left: Experiment, right: Experiment) -> Bool {
        left.id.isSameBytes(as: right.id) && left.status == right.status && left.unit == right.unit
            && left.variants == right.variants && left.winner.isSameBytes(as: right.winner)
            && left.goals.elementsEqual(right.goals) { $0.isSameBytes(as: $1) }
            && left.guardrails == right.guardrails && left.algorithm == right.algorithm
    }

    /// Hashes the bytes of the id.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(id))
    }

    private static func check(_ variants: [VariantDefinition]) throws(ExperimentError) {
        guard !variants.isEmpty else { throw .invalid("variants", "must not be empty") }
        guard variants.count <= Rules.maximumVariants else {
            throw .invalid("variants", "must be at most \(Rules.maximumVariants)")
        }
        for variant in variants {
            try Rules.checkName(variant.variantID, field: "variant_id")
            guard variant.weight.isFinite, variant.weight >= 0 else {
                throw .invalid("weight", "must be finite and not negative")
            }
        }
        guard Set(variants.map { ByteString($0.variantID) }).count == variants.count else {
            throw .invalid("variant_id", "must be unique in its experiment")
        }
        guard variants.count(where: \.isControl) == 1 else {
            throw .invalid("is_control", "must be set on exactly one variant")
        }
        let total = variants.reduce(0) { $0 + $1.weight }
        guard total > 0, total.isFinite else { throw .invalid("weight", "must have a positive, finite total") }
    }
}
