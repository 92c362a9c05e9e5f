import ExperimentDatabase
public import Experimentation

/// An experiment of the file that breaks a rule of this library, so that it cannot be read.
///
/// Somebody changed it by hand, or a newer library did.
public struct UnreadableExperiment: Error, Hashable {
    /// Its id, which may be what breaks the rule.
    public let id: ExperimentName
    /// What is wrong, as a sentence that names the experiment, by its number where the id is not to be printed.
    public let reason: String

    let number: RowNumber<ExperimentRow>
    /// Its latest phase; nil without one.
    let phaseID: RowNumber<PhaseRow>?

    init(id: ExperimentName, number: RowNumber<ExperimentRow>, phaseID: RowNumber<PhaseRow>?, _ rule: String) {
        self.id = id
        self.number = number
        self.phaseID = phaseID
        let isPrintable = (try? Rules.checkName(id, field: "experiment")) != nil
        reason = "experiment \(isPrintable ? "'\(id)'" : "number \(number.value)") of the file \(rule)"
    }

    /// The same for whoever reads this experiment only.
    var failure: StorageFailure { .damaged(reason) }
}

extension StoredExperiment {
    private static let selectWithoutPhase = """
        SELECT experiment_id, name FROM experiment_definition e
        WHERE NOT EXISTS (SELECT 1 FROM phase_definition p WHERE p.experiment_id = e.experiment_id) ORDER BY experiment_id
        """
    private static let selectIDs = "SELECT name FROM experiment_definition ORDER BY experiment_id"

    /// The ids of all experiments, in order of definition.
    static func ids(_ connection: borrowing Connection) throws -> [ExperimentName] {
        var ids: [ExperimentName] = []
        let rows = try connection.prepare(selectIDs)
        while try rows.step() { ids.append(rows.name(0)) }
        return ids
    }

    /// Those of which somebody has deleted every phase.
    private static func withoutPhase(
        _ connection: borrowing Connection
    ) throws -> [UnreadableExperiment] {
        var found: [UnreadableExperiment] = []
        let rows = try connection.prepare(selectWithoutPhase)
        while try rows.step() {
            found.append(UnreadableExperiment(id: rows.name(1), number: rows.rowNumber(0), phaseID: nil, "has no phase"))
        }
        return found
    }

    /// Every experiment that can be read, in order of definition, and the others.
    static func readable(
        _ connection: borrowing Connection
    ) throws -> (experiments: [StoredExperiment], unreadable: [UnreadableExperiment]) {
        let reading = try connection.beginReading()
        var experiments: [StoredExperiment] = []
        let unreadable = try forEach(.all, connection) { stored, _ in experiments.append(stored) }
        let empty = try withoutPhase(connection)
        try reading.commit()
        return (experiments, unreadable + empty)
    }
}
