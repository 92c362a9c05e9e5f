/// One experiment made ready for assigning: everything that can be computed before a unit is known.
///
/// A class, so that finding one in the catalog copies one reference and not every part of it.
package final class Assigner: Sendable {
    package let id: ExperimentName
    package let design: Experiment.Design
    private let phase: Int
    private let seed: Seed
    private let holdout: Holdout?
    /// The experiment's status by its schedule.
    private let status: ExperimentStatus
    private let winner: VariantName?
    private let algorithm: any UnitAssigning
    private let enrolled: [Variant]
    private let outsider: Variant
    /// Nil when everybody takes part.
    private let participation: Participation?
    /// Testers; nil when there are none.
    private let overrides: [UnitID: Variant]?
    /// The variant that everybody else gets when the experiment is not running; nil while it runs.
    private let closed: Variant?
    /// Whether there is nothing to look at but the algorithm's answer.
    private let isPlain: Bool

    /// - Parameters:
    ///   - experiment: The definition.
    ///   - phase: The number of the phase in force.
    ///   - seed: What is hashed before the colon; the experiment's own unless a phase re-randomised.
    ///   - holdout: The holdout the phase is subject to.
    ///   - algorithms: Those the program knows.
    ///   - now: The moment, in µs since 1970 UTC, that decides whether a schedule has begun or ended.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` for an unknown algorithm, or settings it refuses.
    package convenience init(
        _ experiment: Experiment, phase: Int = 1, seed: Seed? = nil, holdout: Holdout? = nil,
        algorithms: AssignmentAlgorithms = .standard, at now: Int64
    ) throws(ExperimentError) {
        try self.init(
            experiment.id, experiment.design, phase: phase, seed: seed ?? experiment.ownSeed, holdout: holdout,
            algorithms: algorithms, status: experiment.status(at: now), winner: experiment.winner)
    }

    /// Makes one phase ready: a design, whatever the experiment's schedule says today.
    /// - Parameters:
    ///   - id: The experiment's id.
    ///   - design: The phase's design.
    ///   - phase: Its number.
    ///   - seed: What is hashed before the colon in that phase.
    ///   - holdout: The holdout the phase is subject to.
    ///   - algorithms: Those the program knows.
    ///   - status: Where the experiment is.
    ///   - winner: The variant everybody gets when `status` is stopped; nil for the control.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` for an unknown algorithm, or settings it refuses.
    package init(
        _ id: ExperimentName, _ design: Experiment.Design, phase: Int = 1, seed: Seed, holdout: Holdout?,
        algorithms: AssignmentAlgorithms, status: ExperimentStatus = .running, winner: VariantName? = nil
    ) throws(ExperimentError) {
        algorithm = try algorithms.make(design, seed: seed)
        self.phase = phase
        self.seed = seed
        self.holdout = holdout
        self.status = status
        self.winner = winner
        func answer(_ variant: VariantDefinition, _ enrollment: Enrollment) -> Variant {
            Variant(id, variant.variantID, isControl: variant.isControl, enrollment, phase: phase)
        }
        enrolled = design.variants.map { answer($0, .enrolled) }
        outsider = answer(design.control, .notEnrolled)
        participation = Participation(id, design, holdout)
        closed = status == .running ? nil : answer(design.variant(winner), .notRunning)
        // A tester looks at a draft, too; after the stop everybody gets the same.
        let areInForce = status != .stopped && !design.overrides.isEmpty
        overrides =
            areInForce
            ? Dictionary(design.overrides.map { ($0.unitID, answer(design.variant($0.variantID), .override)) }) {
                _, last in last
            } : nil
        isPlain = status == .running && participation == nil && overrides == nil
        // At last, so that they are moved and not copied.
        self.id = id
        self.design = design
    }

    /// Whether a fresh one, of the same algorithms, would answer the same.
    package func isCurrent(
        _ experiment: Experiment, phase: Int, seed: Seed, holdout: Holdout?, at now: Int64
    ) -> Bool {
        id == experiment.id && design == experiment.design && winner == experiment.winner && self.phase == phase
            && self.seed == seed && self.holdout == holdout && status == experiment.status(at: now)
    }

    /// Whether a name is the experiment's; a function here, since reading `id` from outside retains it.
    func isNamed(_ name: ExperimentName) -> Bool { id == name }

    /// Chooses a unit's variant; no I/O, no allocation.
    package func assign(_ context: ExperimentContext) throws(ExperimentError) -> Variant {
        let sessionID = try Session.id(context.sessionID, context.attributes)
        try Rules.checkUnitID(context.userID, field: "user_id")
        try Rules.checkUnitID(sessionID, field: "session_id")
        // Each id is passed on where it lies: choosing between them first would copy it.
        return design.unit == .user ? answer(context.userID) : answer(sessionID)
    }

    private func answer(_ unitID: UnitID?) -> Variant {
        guard let unitID else { return closed ?? outsider }
        if !isPlain {
            if let overrides, let chosen = overrides[unitID] { return chosen }
            if let closed { return closed }
            guard participation?.admits(unitID) ?? true else { return outsider }
        }
        guard let index = algorithm.index(of: unitID.text), enrolled.indices.contains(index) else { return outsider }
        return enrolled[index]
    }

    /// The steps that a unit is asked in turn; the first that does not pass decides; see ``AssignmentExplanation``.
    func steps(of unitID: UnitID?) -> [AssignmentExplanation.Step] {
        guard let unitID else { return [.status(status), .noUnit(design.unit)] }
        if let chosen = overrides?[unitID] { return [.override(variantID: chosen.variantID)] }
        let index = algorithm.index(of: unitID.text)
        let variant = index.flatMap { enrolled.indices.contains($0) ? enrolled[$0] : nil }
        return [.status(status)] + (participation?.steps(of: unitID, in: design, holdout) ?? [])
            + [
                .algorithm(
                    design.algorithm, seed: seed, variantID: variant?.variantID,
                    exclusion: variant == nil ? algorithm.exclusion(of: unitID.text) : nil)
            ]
    }
}
