import ExperimentDatabase
import Experimentation

/// The steps from an experiment in the file to its definition; making one refuses what would bias the experiment.
struct ChangePlan {
    private let old: StoredExperiment
    private let new: Experiment
    private let status: ExperimentStatus
    private let isRedefining: Bool
    private let isOpeningPhase: Bool
    /// What changes, each as the end of a sentence.
    let changes: [String]

    init(
        from old: StoredExperiment, to defined: Definitions.DefinedExperiment, openingPhases: Bool
    ) throws(WriteError) {
        let new = defined.experiment
        let status = defined.status ?? old.experiment.status
        let differences = Self.differences(old.experiment, new)
        var changes = differences
        if old.isPhaseStarted {
            guard old.experiment.unit == new.unit else {
                throw Self.refusal("unit", "of '\(new.id)' cannot change once it has run; define a new experiment")
            }
            guard differences.isEmpty || openingPhases else {
                throw Self.refusal(
                    differences.joined(separator: ", "),
                    "of '\(new.id)' cannot change once it has run, since that would bias the results; "
                        + "put the old definition back, or open a new phase (apply --new-phase)")
            }
            guard status != .draft else {
                throw Self.refusal("status", "of '\(new.id)' cannot be draft once it has run")
            }
        }
        guard !(status == .stopped && old.experiment.status == .draft) else {
            throw Self.refusal("status", "of '\(new.id)' is draft: an experiment must run before it can stop")
        }
        isRedefining = !old.isPhaseStarted && !differences.isEmpty
        isOpeningPhase = old.isPhaseStarted && !differences.isEmpty
        if isOpeningPhase { changes.append("new phase \(old.phase + 1)") }
        if status != old.experiment.status { changes.append(status == .running ? "started" : "stopped") }
        if status == .stopped, let winner = new.winner, !Self.same(winner, old.experiment.winner) {
            changes.append("winner")
        }
        if old.experiment.goals.map(ByteString.init) != new.goals.map(ByteString.init) { changes.append("goals") }
        if old.experiment.guardrails != new.guardrails { changes.append("guardrails") }
        self.old = old
        self.new = new
        self.status = status
        self.changes = changes
    }

    /// Carries the plan out inside its caller's transaction.
    func carryOut(_ connection: borrowing Connection) throws(SQLiteError) {
        guard !changes.isEmpty else { return }
        let table = ExperimentTable()
        if isRedefining { try table.redefine(old, new, connection) }
        if isOpeningPhase { try table.openPhase(old, new, isStarting: status == .running, connection) }
        if status == .running, old.experiment.status != .running { try table.start(old, connection) }
        if status == .stopped { try table.stop(old, winner: new.winner ?? old.experiment.winner, connection) }
        try table.setRoles(old.experimentID, new, connection)
    }

    /// What of a phase differs.
    private static func differences(_ old: Experiment, _ new: Experiment) -> [String] {
        var differences: [String] = []
        if old.unit != new.unit { differences.append("unit") }
        if old.algorithm != new.algorithm { differences.append("algorithm") }
        if old.variants.map({ ByteString($0.variantID) }) != new.variants.map({ ByteString($0.variantID) }) {
            differences.append("variants")
        } else if old.variants.map(\.weight) != new.variants.map(\.weight) {
            differences.append("weights")
        }
        if !old.control.variantID.isSameBytes(as: new.control.variantID) { differences.append("control") }
        return differences
    }

    private static func same(_ left: String?, _ right: String?) -> Bool {
        left.map { ByteString($0) } == right.map { ByteString($0) }
    }

    private static func refusal(_ field: String, _ rule: String) -> WriteError {
        .rejected(.invalid(field, rule))
    }
}
