package import ExperimentDatabase
public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A phase whose rows a retention removed: only stored nights say what it showed.
public struct RetainedPhase: Sendable, Hashable {
    /// The phase's number in the file.
    package let row: RowNumber<PhaseRow>
    /// The receipt's number in the file.
    package let receipt: RowNumber<RemovalRow>
    /// The experiment's id.
    public let experiment: ExperimentName
    /// The phase's number, from 1.
    public let number: Int
    /// Time at which the removal of the phase's rows began.
    public let removedAt: Date
    /// The last day whose night the file has of it; nil where it has none.
    package let lastNight: CivilDate?

    /// The end of a sentence that begins with "its rows": when they were removed, and which night has the numbers.
    public var explanation: String {
        let removal = "were removed on \(CivilDate(microseconds: removedAt.microsecondsSince1970).text)"
        guard let lastNight else { return removal + ", and no night of the phase is stored in this file" }
        return removal + ", and the stored night of \(lastNight.text) holds its numbers"
    }
}

/// The table `retained_phase`.
package enum RetainedPhaseTable {
    private static let select = """
        SELECT r.phase_id, r.removal_id, x.name, p.number, m.began_at_us,
            (SELECT max(n.date) FROM night_experiment AS e JOIN night AS n ON n.night_id = e.night_id
             WHERE e.experiment_id = x.experiment_id AND e.phase_id = r.phase_id)
        FROM retained_phase AS r JOIN removal AS m ON m.removal_id = r.removal_id
        JOIN phase_definition AS p ON p.phase_id = r.phase_id
        JOIN experiment_definition AS x ON x.experiment_id = p.experiment_id
        ORDER BY x.experiment_id, p.number
        """
    private static let insert = "INSERT INTO retained_phase (phase_id, removal_id) VALUES (?1, ?2)"

    /// All retained phases, in order of the experiments' definition and of the phases' numbers.
    package static func all(_ connection: borrowing Connection) throws -> [RetainedPhase] {
        var phases: [RetainedPhase] = []
        let rows = try connection.query(select)
        while try rows.step() {
            phases.append(
                RetainedPhase(
                    row: rows.rowNumber(0), receipt: rows.rowNumber(1), experiment: rows.name(2), number: rows.int(3),
                    removedAt: Date(microsecondsSince1970: rows.int64(4)),
                    lastNight: rows.optionalText(5).flatMap { CivilDate($0) }))
        }
        return phases
    }

    /// Notes a phase on a receipt; inside its caller's transaction.
    package static func add(
        _ phase: RowNumber<PhaseRow>, _ receipt: RowNumber<RemovalRow>, _ connection: borrowing Connection
    ) throws {
        try connection.run(insert, phase, receipt)
    }
}
