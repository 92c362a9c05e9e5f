import ExperimentDatabase
import Experimentation
import FoundationEssentials

/// The steps from an experiment in the file to its definition, or why they would bias the experiment.
struct ChangePlan {
    private let old: StoredExperiment
    private let new: Experiment
    private let status: ExperimentStatus
    private let startsAt: Date?
    private let seed: String
    private let isRedefining: Bool
    private let isOpeningPhase: Bool
    private let now: Int64
    /// What changes, each as the end of a sentence.
    private(set) var changes: [String]
    /// Why it must not, with what to do instead.
    let refusal: ExperimentError?

    init(
        from old: StoredExperiment, to defined: Definitions.DefinedExperiment, openingPhases: PhaseOpening?,
        at now: Int64
    ) {
        let new = defined.experiment
        let differences = PhaseDifferences.of(old, new)
        let hasEnded = new.endsAt.map { $0.microsecondsSince1970 <= now } ?? false
        let asked = defined.status ?? old.experiment.status
        self.old = old
        self.new = new
        self.now = now
        // A file that still says running does not start again what its schedule has ended.
        status = asked == .running && hasEnded && old.experiment.status == .stopped ? .stopped : asked
        // When it started is history.
        startsAt = new.startsAt ?? (old.isPhaseStarted ? old.experiment.startsAt : nil)
        isRedefining = !old.isPhaseStarted && !differences.isEmpty
        isOpeningPhase = old.isPhaseStarted && !differences.isEmpty
        seed = PhaseSeed.next(old, new, opening: isOpeningPhase ? openingPhases : nil)
        changes = differences
        refusal = Self.refusal(
            old, new, asked, differences, isAllowed: openingPhases != nil, hasEnded: hasEnded)
        if refusal == nil { describe() }
    }

    /// Whether the experiment will claim a range of a namespace that it does not claim now.
    var isClaiming: Bool {
        status != .stopped && (isRedefining || isOpeningPhase || old.experiment.status == .stopped)
    }

    /// Carries the plan out inside its caller's transaction.
    func carryOut(_ connection: borrowing Connection) throws(SQLiteError) {
        guard !changes.isEmpty else { return }
        let table = ExperimentTable(now: now)
        if isRedefining { try table.redefine(old, new, seed: seed, connection) }
        if isOpeningPhase {
            let begins = startsAt?.microsecondsSince1970 ?? now <= now
            try table.openPhase(old, new, seed: seed, isStarting: status == .running && begins, connection)
        } else if isRaisingCoverage {
            try DesignTable(phaseID: old.phaseID).raiseCoverage(to: new.coverage, at: now, connection)
        }
        try ScheduleTable.set(old.experimentID, startsAt, new.endsAt, connection)
        try OverrideTable.set(old.experimentID, new.overrides, connection)
        if status == .running, old.experiment.status != .running {
            try table.start(old, from: startsAt, connection)
        }
        if status == .stopped { try table.stop(old, winner: new.winner ?? old.experiment.winner, connection) }
        try table.setRoles(old.experimentID, new, connection)
        try table.setPlan(old.experimentID, new.plan, connection)
    }

    private var isRaisingCoverage: Bool { old.isPhaseStarted && new.coverage > old.experiment.coverage }

    private mutating func describe() {
        let before = old.experiment
        if isRaisingCoverage { changes.append("coverage \(before.coverage) to \(new.coverage)") }
        if isOpeningPhase { changes.append("new phase \(old.phase + 1)") }
        if isOpeningPhase, !seed.utf8.elementsEqual(old.seed.utf8), !changes.contains("seed") {
            changes.append("re-randomised")
        }
        if startsAt != before.startsAt || new.endsAt != before.endsAt { changes.append("schedule") }
        if before.overrides != new.overrides { changes.append("overrides") }
        if status != before.status { changes.append(status == .running ? "started" : "stopped") }
        if status == .stopped, let winner = new.winner, !before.winner.isSameBytes(as: winner) {
            changes.append("winner")
        }
        if before.goals.map(ByteString.init) != new.goals.map(ByteString.init) { changes.append("goals") }
        if before.guardrails != new.guardrails { changes.append("guardrails") }
        if before.plan != new.plan { changes.append("plan") }
    }

    private static func refusal(
        _ old: StoredExperiment, _ new: Experiment, _ asked: ExperimentStatus, _ differences: [String],
        isAllowed: Bool, hasEnded: Bool
    ) -> ExperimentError? {
        if old.isPhaseStarted {
            guard old.experiment.unit == new.unit else {
                return .invalid("unit", "of '\(new.id)' cannot change once it has run; define a new experiment")
            }
            guard differences.isEmpty || isAllowed else {
                return .invalid(
                    differences.joined(separator: ", "),
                    "of '\(new.id)' cannot change once it has run, since that would bias the results; "
                        + "put the old definition back, or open a new phase (apply --new-phase)")
            }
            if asked == .draft { return .invalid("status", "of '\(new.id)' cannot be draft once it has run") }
            if old.experiment.status == .running, let start = new.startsAt, start != old.experiment.startsAt {
                return .invalid("starts_at", "of '\(new.id)' cannot change: it has started; stop it first")
            }
        }
        guard old.experiment.status == .draft else { return nil }
        if asked == .stopped {
            return .invalid("status", "of '\(new.id)' is draft: an experiment must run before it can stop")
        }
        if asked == .running, hasEnded {
            return .invalid("ends_at", "of '\(new.id)' has passed: give a later one to start it")
        }
        return nil
    }
}
