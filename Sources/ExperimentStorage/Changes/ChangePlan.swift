import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The steps from an experiment in the file to its definition, or why they would bias the experiment.
struct ChangePlan {
    let old: StoredExperiment
    let new: Experiment
    let status: ExperimentStatus
    let startsAt: Date?
    /// The winner that is declared where it is stopped.
    let winner: VariantName?
    private let testers: [VariantOverride]
    private let seed: Seed
    private let isRedefining: Bool
    private let isOpeningPhase: Bool
    private let now: Int64
    /// The items that change.
    private(set) var changes: [DefinitionChange.Item]
    /// Why it must not, each with what to do instead.
    private(set) var refusals: [ExperimentError] = []
    /// Whether the schedule has ended, so that a running experiment stops.
    let hasEnded: Bool
    /// The phase that the first half opened.
    private var openedPhaseID: RowNumber<PhaseRow>?

    init(
        from old: StoredExperiment, to defined: Definitions.DefinedExperiment, openingPhases: PhaseOpening?,
        at now: Int64
    ) {
        let new = defined.experiment
        let differences = PhaseDifferences.of(old, new)
        let hasEnded = new.schedule.endsAt.map { $0.microsecondsSince1970 <= now } ?? false
        let asked = defined.status ?? old.experiment.status
        self.old = old
        self.new = new
        self.now = now
        self.hasEnded = hasEnded
        // An end that has passed stops it, and a file that still says running does not start it again.
        status = asked == .running && hasEnded && old.experiment.status != .draft ? .stopped : asked
        winner = (defined.leavesOperation ? nil : new.winner) ?? old.experiment.winner
        testers = defined.leavesOperation ? old.experiment.design.overrides : new.design.overrides
        // When it started is history.
        startsAt = new.schedule.startsAt ?? (old.isPhaseStarted ? old.experiment.schedule.startsAt : nil)
        isRedefining = !old.isPhaseStarted && !differences.isEmpty
        isOpeningPhase = old.isPhaseStarted && !differences.isEmpty
        seed = PhaseSeed.next(old, new, opening: isOpeningPhase ? openingPhases : nil)
        changes = differences.map { .design($0) }
        refusals = refusals(of: asked, allowingPhases: openingPhases != nil)
        if refusals.isEmpty { describe() }
    }

    /// Whether the experiment is stopped once the plan was carried out, and so claims no range of a namespace.
    var isStoppedAfterwards: Bool { status == .stopped || status == .running && hasEnded }

    /// Whether the experiment runs once the plan was carried out, and in the phase that it is in.
    var keepsRunning: Bool { status == .running && !hasEnded && hasBegun && !isOpeningPhase }

    /// Whether the experiment claims what it will claim already.
    var keepsClaim: Bool {
        let before = old.experiment
        return before.status != .stopped && before.design.namespace == new.design.namespace
            && before.design.unit == new.design.unit
    }

    /// The first half: stops what stops, and gives up what the phase claims where it will claim something else.
    mutating func release(_ connection: borrowing Connection) throws {
        guard !changes.isEmpty else { return }
        try ScheduleTable.set(old.experimentID, startsAt, new.schedule.endsAt, connection)
        if status == .stopped {
            try ExperimentTable(now: now).stop(old, winner: winner, connection)
        }
        if isRedefining { try PhaseTable.clearDesign(old.phaseID, connection) }
        if isOpeningPhase {
            openedPhaseID = try phases.addEmpty(number: old.phase + 1, new.design.algorithm, seed: seed, connection)
        }
    }

    /// The second half: everything else.
    func claim(_ connection: borrowing Connection) throws {
        guard !changes.isEmpty else { return }
        let table = ExperimentTable(now: now)
        if isRedefining { try table.redefine(old, new, seed: seed, connection) }
        if let openedPhaseID {
            try phases.fill(openedPhaseID, new, connection)
            if status == .running, hasBegun { try PhaseTable.start(openedPhaseID, at: now, connection) }
        } else if isRaisingCoverage {
            try CoverageTable.raise(to: new.design.coverage, of: old.phaseID, at: now, connection)
        }
        try OverrideTable.set(old.experimentID, testers, connection)
        if status == .running, old.experiment.status != .running || isRescheduling {
            try table.start(old, from: startsAt, connection)
        }
        if status == .draft, old.experiment.status != .draft { try table.withdraw(old, connection) }
        if new.analysis != old.experiment.analysis {
            try AnalysisTable.set(old.experimentID, new.analysis, connection)
        }
    }

    private var phases: PhaseTable { PhaseTable(experimentID: old.experimentID, now: now) }

    private var isRaisingCoverage: Bool { old.isPhaseStarted && new.design.coverage > old.experiment.design.coverage }

    /// Whether the start has come, if there is one.
    private var hasBegun: Bool { startsAt.map { $0.microsecondsSince1970 <= now } ?? true }

    /// Whether it waits for its start, which is now to be at another moment, or at once.
    private var isRescheduling: Bool {
        old.experiment.status == .running && !old.isPhaseStarted && startsAt != old.experiment.schedule.startsAt
    }

    private mutating func describe() {
        let before = old.experiment
        if isRaisingCoverage {
            changes.append(.coverageRaised(from: before.design.coverage, to: new.design.coverage))
        }
        if isOpeningPhase { changes.append(.newPhase(old.phase + 1)) }
        if isOpeningPhase, seed != old.seed, !changes.contains(.design(.seed)) {
            changes.append(.rerandomized)
        }
        if startsAt != before.schedule.startsAt || new.schedule.endsAt != before.schedule.endsAt {
            changes.append(.schedule)
        }
        if before.design.overrides != testers { changes.append(.overrides) }
        if status != before.status {
            changes.append(status == .running ? .started : status == .stopped ? .stopped : .withdrawn)
        } else if status == .running, isRescheduling, hasBegun {
            changes.append(.started)
        }
        if status == .stopped, before.winner != winner {
            changes.append(.winner)
        }
        changes += analysisChanges
    }

    private var analysisChanges: [DefinitionChange.Item] {
        let (before, after) = (old.experiment.analysis, new.analysis)
        let fields: [(item: DefinitionChange.Item, isChanged: Bool)] = [
            (.goals, before.goals != after.goals), (.guardrails, before.guardrails != after.guardrails),
            (.plan, before.plan != after.plan), (.segments, before.segments != after.segments),
            (.covariate, before.covariate != after.covariate), (.strictness, before.isStrict != after.isStrict),
            (.identity, before.identity != after.identity), (.hypothesis, before.hypothesis != after.hypothesis),
            (.owner, before.owner != after.owner),
        ]
        return fields.filter(\.isChanged).map(\.item)
    }
}

extension ChangePlan {
    /// Why the experiment must not be changed so, each with what to do instead; asked before anything else is described.
    func refusals(of asked: ExperimentStatus, allowingPhases isAllowed: Bool) -> [ExperimentError] {
        var refusals: [ExperimentError] = []
        func refuse(_ field: String, _ rule: String) {
            refusals.append(.invalid(field, "of '\(new.id)' \(rule)"))
        }
        if old.isPhaseStarted {
            if old.experiment.design.unit != new.design.unit {
                refuse("unit", "cannot change once it has run; define a new experiment")
            }
            let biasing = PhaseDifferences.of(old, new).filter { $0 != .unit }
            if !biasing.isEmpty, !isAllowed {
                refuse(
                    biasing.map(\.rawValue).joined(separator: ", "),
                    "cannot change once it has run, since that would bias the results; "
                        + "put the old definition back, or open a new phase (--new-phase)")
            }
            if asked == .draft { refuse("status", "cannot be draft once it has run") }
            if old.experiment.status == .running, let start = new.schedule.startsAt,
                start != old.experiment.schedule.startsAt
            {
                refuse("starts_at", "cannot change: it has started; stop it first")
            }
        }
        if let start = startsAt, let end = new.schedule.endsAt, end <= start {
            refuse("ends_at", "must be later than its start, which is history")
        }
        if status == .stopped, let winner,
            !new.design.variants.contains(where: { $0.variantID == winner })
        {
            refuse("winner", "must be one of the variants that it is to have; name another winner, or start it")
        }
        guard old.experiment.status == .draft else { return refusals }
        if asked == .stopped { refuse("status", "is draft: an experiment must run before it can stop") }
        if asked == .running, hasEnded { refuse("ends_at", "has passed: give a later one to start it") }
        return refusals
    }
}
