#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The definition of an experiment: who is counted, what they can get, and what is measured.
///
/// A value of this type is valid: one control, unique variant ids, at least one positive weight, and a design in which
/// every share, range and date has its rule.
public struct Experiment: Sendable, Hashable {
    /// The experiment's id: 1 to 128 bytes, compared byte for byte.
    public let id: ExperimentName
    /// Where the experiment is in its life.
    public let status: ExperimentStatus
    /// Who is counted.
    public let unit: ExperimentUnit
    /// What a unit can get, in the order in which assignment walks the weights.
    public let variants: [VariantDefinition]
    /// The variant everybody gets once the experiment is stopped; nil for the control.
    public let winner: VariantName?
    /// The metrics that decide, by name, the most important first.
    public let goals: [MetricName]
    /// The metrics that must not get worse.
    public let guardrails: [Guardrail]
    /// When it is complete, and how large an effect must be; nil for no plan.
    public let plan: ExperimentPlan?
    /// The share of units that take part, in 0…1; raising it moves nobody who is in.
    public let coverage: Double
    /// The range of a namespace whose units take part; nil for all units.
    public let namespace: NamespaceClaim?
    /// Testers, each with the variant it gets; in order of their ids' bytes.
    public let overrides: [VariantOverride]
    /// From when on units are assigned while the experiment runs, rounded to µs; nil for at once.
    public let startsAt: Date?
    /// Until when units are assigned, excluded, rounded to µs; nil until it is stopped.
    public let endsAt: Date?
    /// The named hash that assigns its units; stored with the phase, so that no upgrade moves anyone.
    public let algorithm: AssignmentAlgorithm
    /// What is hashed before the unit's id; nil for the experiment's id.
    public let seed: Seed?
    /// A JSON object of what another algorithm than the default one needs besides; the order of its keys means nothing.
    public let settings: AssignmentSettings?

    /// Creates a definition and checks it.
    /// - Parameters:
    ///   - id: The experiment's id.
    ///   - status: Where the experiment is in its life.
    ///   - unit: Who is counted.
    ///   - variants: What a unit can get: at least one, exactly one of them the control.
    ///   - winner: The variant everybody gets once the experiment is stopped.
    ///   - goals: The metrics that decide.
    ///   - guardrails: The metrics that must not get worse.
    ///   - plan: When it is complete, and how large an effect must be.
    ///   - coverage: The share of units that take part.
    ///   - namespace: The range of a namespace whose units take part.
    ///   - overrides: Testers, each unit once.
    ///   - startsAt: From when on units are assigned.
    ///   - endsAt: Until when units are assigned; later than `startsAt`.
    ///   - algorithm: The named hash that assigns its units.
    ///   - seed: What is hashed before the unit's id: 1 to 128 bytes.
    ///   - settings: A JSON object of what the algorithm needs besides.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public init(
        id: String, status: ExperimentStatus = .running, unit: ExperimentUnit = .user, variants: [VariantDefinition],
        winner: String? = nil, goals: [String] = [], guardrails: [Guardrail] = [], plan: ExperimentPlan? = nil,
        coverage: Double = 1,
        namespace: NamespaceClaim? = nil, overrides: [VariantOverride] = [], startsAt: Date? = nil,
        endsAt: Date? = nil, algorithm: AssignmentAlgorithm = .fnv1a64Fmix64, seed: String? = nil,
        settings: String? = nil
    ) throws(ExperimentError) {
        do throws(BrokenRules) {
            try self.init(
                checking: ExperimentName(id), status: status, unit: unit, variants: variants,
                winner: winner.map { VariantName($0) }, goals: goals.map { MetricName($0) }, guardrails: guardrails,
                plan: plan, coverage: coverage, namespace: namespace, overrides: overrides, startsAt: startsAt,
                endsAt: endsAt, algorithm: algorithm, seed: seed.map { Seed($0) },
                settings: settings.map(AssignmentSettings.init(json:)))
        } catch {
            throw error.first
        }
    }

    /// Creates a definition as the public initialiser does.
    /// - Throws: Every rule that is broken, not only the first.
    package init(
        checking id: ExperimentName, status: ExperimentStatus, unit: ExperimentUnit, variants: [VariantDefinition],
        winner: VariantName?, goals: [MetricName], guardrails: [Guardrail], plan: ExperimentPlan?, coverage: Double,
        namespace: NamespaceClaim?, overrides: [VariantOverride], startsAt: Date?, endsAt: Date?,
        algorithm: AssignmentAlgorithm, seed: Seed?, settings: AssignmentSettings?
    ) throws(BrokenRules) {
        self.id = id
        self.status = status
        self.unit = unit
        self.variants = variants
        self.winner = winner
        self.goals = goals
        self.guardrails = guardrails
        self.plan = plan
        self.coverage = coverage
        self.namespace = namespace
        self.overrides = overrides.isEmpty ? [] : overrides.sorted { $0.unitID < $1.unitID }
        self.startsAt = startsAt?.roundedToMicroseconds
        self.endsAt = endsAt?.roundedToMicroseconds
        self.algorithm = algorithm
        self.seed = seed
        self.settings = settings
        if let broken = BrokenRules(brokenRules) { throw broken }
    }

    /// The variant that the others are compared with.
    public var control: VariantDefinition { variants[controlIndex] }

    /// What its hash puts before the unit's id where no phase has shuffled the units anew.
    package var ownSeed: Seed { seed ?? Seed(id.text) }

    /// The control's position among ``variants``.
    package var controlIndex: Int { variants.firstIndex(where: \.isControl) ?? 0 }

    /// The variant of an id, or else the control.
    func variant(_ id: VariantName?) -> VariantDefinition {
        id.flatMap { id in variants.first { $0.variantID == id } } ?? control
    }

    /// Where the experiment is at a moment, in µs since 1970 UTC: before ``startsAt`` a running one is as good as a
    /// draft, from ``endsAt`` on as good as stopped.
    package func status(at now: Int64) -> ExperimentStatus {
        guard status == .running else { return status }
        if let endsAt, endsAt.microsecondsSince1970 <= now { return .stopped }
        if let startsAt, startsAt.microsecondsSince1970 > now { return .draft }
        return .running
    }
}
