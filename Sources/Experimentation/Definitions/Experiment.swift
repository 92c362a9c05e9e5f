#if canImport(FoundationEssentials)
    #if canImport(FoundationEssentials)
        public import FoundationEssentials
    #else
        public import Foundation
    #endif
#else
    public import Foundation
#endif

/// The definition of an experiment: its id, what assigns, what decides, and when it runs.
///
/// A value of this type is valid: each part has kept its rules, and a winner is one of the design's variants.
public struct Experiment: Sendable, Hashable {
    /// The experiment's id: 1 to 128 bytes, compared byte for byte.
    public let id: ExperimentName
    /// The part that assigns: units, variants and hash.
    public let design: Design
    /// The part that decides: goals, guardrails and plan.
    public var analysis: Analysis
    /// The times between which units are assigned while the experiment runs.
    public var schedule: Schedule
    /// The experiment's place in its life: draft, running or stopped.
    public let status: ExperimentStatus
    /// The variant everybody gets once the experiment is stopped; nil for the control.
    public let winner: VariantName?

    /// Creates a definition of parts, and checks what they say together.
    /// - Parameters:
    ///   - id: The experiment's id.
    ///   - design: What assigns.
    ///   - analysis: What decides.
    ///   - schedule: Between which moments units are assigned.
    ///   - status: Where the experiment is in its life.
    ///   - winner: The variant everybody gets once the experiment is stopped.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public init(
        id: String, design: Design, analysis: Analysis, schedule: Schedule,
        status: ExperimentStatus = .running, winner: String? = nil
    ) throws(ExperimentError) {
        self.init(
            unchecked: ExperimentName(id), design, analysis, schedule, status, winner.map { VariantName($0) })
        if let broken = brokenRules.first { throw broken }
    }

    /// Creates a definition in one call and checks it.
    /// - Parameters:
    ///   - id: The experiment's id.
    ///   - status: Where the experiment is in its life.
    ///   - unit: Who is counted.
    ///   - variants: What a unit can get: at least one, exactly one of them the control.
    ///   - winner: The variant everybody gets once the experiment is stopped.
    ///   - goals: The metrics that decide.
    ///   - guardrails: The metrics that must not get worse.
    ///   - plan: When the experiment is complete, and how large an effect must be.
    ///   - segments: The attributes by whose values the split and the effect are tested in parts.
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
        segments: [String] = [], coverage: Double = 1, namespace: NamespaceClaim? = nil,
        overrides: [VariantOverride] = [], startsAt: Date? = nil, endsAt: Date? = nil,
        algorithm: AssignmentAlgorithm = .fnv1a64Fmix64, seed: String? = nil, settings: String? = nil
    ) throws(ExperimentError) {
        do throws(BrokenRules) {
            try self.init(
                checking: ExperimentName(id), status: status, unit: unit, variants: variants,
                winner: winner.map { VariantName($0) },
                analysis: Analysis(
                    unchecked: goals.map { MetricName($0) }, guardrails, plan, segments.map { AttributeName($0) }),
                coverage: coverage, namespace: namespace, overrides: overrides, startsAt: startsAt, endsAt: endsAt,
                algorithm: algorithm, seed: seed.map { Seed($0) },
                settings: settings.map(AssignmentSettings.init(json:)))
        } catch {
            throw error.first
        }
    }

    /// Creates a definition as the public initialiser does.
    /// - Throws: Every rule that is broken, not only the first.
    package init(
        checking id: ExperimentName, status: ExperimentStatus, unit: ExperimentUnit, variants: [VariantDefinition],
        winner: VariantName?, analysis: Analysis, coverage: Double, namespace: NamespaceClaim?,
        overrides: [VariantOverride], startsAt: Date?, endsAt: Date?, algorithm: AssignmentAlgorithm, seed: Seed?,
        settings: AssignmentSettings?
    ) throws(BrokenRules) {
        self.init(
            unchecked: id,
            Design(unchecked: unit, variants, coverage, namespace, overrides, algorithm, seed, settings),
            analysis, Schedule(unchecked: startsAt, endsAt), status, winner)
        if let broken = BrokenRules(brokenRules + design.brokenRules + analysis.brokenRules + schedule.brokenRules) {
            throw broken
        }
    }

    private init(
        unchecked id: ExperimentName, _ design: Design, _ analysis: Analysis, _ schedule: Schedule,
        _ status: ExperimentStatus, _ winner: VariantName?
    ) {
        self.id = id
        self.design = design
        self.analysis = analysis
        self.schedule = schedule
        self.status = status
        self.winner = winner
    }

    /// The seed that the hash puts before the unit's id where no phase has shuffled the units anew.
    package var ownSeed: Seed { design.seed ?? Seed(id.text) }

    /// The experiment's status at a moment, in µs since 1970 UTC: before its schedule's start a running experiment is
    /// as good as a draft, from the schedule's end on as good as stopped.
    package func status(at now: Int64) -> ExperimentStatus {
        guard status == .running else { return status }
        if let endsAt = schedule.endsAt, endsAt.microsecondsSince1970 <= now { return .stopped }
        if let startsAt = schedule.startsAt, startsAt.microsecondsSince1970 > now { return .draft }
        return .running
    }

    /// Every rule that id, status and winner break, beside those of the parts.
    private var brokenRules: [ExperimentError] {
        var broken: [ExperimentError] = []
        broken.check { () throws(ExperimentError) in try Rules.checkName(id, field: "experiment") }
        guard let winner else { return broken }
        if !design.hasVariant(winner) {
            broken.append(.invalid("winner", "must be one of the experiment's variants"))
        } else if status != .stopped {
            broken.append(.invalid("winner", "needs a stopped experiment"))
        }
        return broken
    }

    /// Every metric that is named twice in one role; not checked as a value is made, since files from before the rule hold
    /// such definitions.
    ///
    /// A goal may be a guardrail besides: the goal decides, and its margin stops.
    package var repeatedRoles: [ExperimentError] {
        func errors(_ role: String, _ metrics: [MetricName]) -> [ExperimentError] {
            metrics.repeated.map { .invalid(role, "of '\(id)' must name '\($0)' once") }
        }
        return errors("goals", analysis.goals) + errors("guardrails", analysis.guardrails.map(\.metric))
    }
}

/// The place of an experiment in its life.
public enum ExperimentStatus: String, Sendable, Hashable, CaseIterable, Codable {
    /// Defined, not started; everybody gets the control and nobody is enrolled.
    case draft
    /// Units are assigned by the weights.
    case running
    /// Over; everybody gets the control, or the declared winner.
    case stopped
}
