import ExperimentDatabase
public import ExperimentDefinitions
import Experimentation

/// A night of an experiment that was stored by mistake and withdrawn: it is in no history any more, but was there.
public struct WithdrawnNight: Sendable, Hashable {
    /// The last day it covered: days since 1970-01-01.
    public let day: Int
    /// Time at which the night was stored, in µs since 1970 UTC.
    public let storedAtMicroseconds: Int64
    /// Time at which the night was withdrawn, in µs since 1970 UTC.
    public let withdrawnAtMicroseconds: Int64
    /// The verdict that the night had stored; nil for a word that this library does not know.
    public let verdict: Verdict?
    /// Origin of the withdrawal by the file's log of changes; nil where the log lacks it, as in files of old versions.
    public let origin: ChangeOrigin?
}

/// The withdrawn nights of experiments, as far as they lie before the time of the report.
struct WithdrawnNightRows {
    private var nights: [RowNumber<ExperimentRow>: [(phase: Int?, night: WithdrawnNight)]] = [:]

    /// ?1: nights whose end is later don't exist.
    private static let select = """
        SELECT x.experiment_id, w.date, w.stored_at_us, w.withdrawn_at_us, d.value, l.origin, l.phase
        FROM main.night_withdrawal AS w CROSS JOIN json_each(w.decisions) AS d
        JOIN experiment_definition AS x ON x.name = d.key
        LEFT JOIN definition_log AS l ON l.experiment_id = x.experiment_id AND l.metric_id = 0 AND l.field = 'night'
            AND l.changed_at_us = w.withdrawn_at_us
        WHERE w.as_of_us <= ?1 ORDER BY w.withdrawal_id
        """

    /// No night.
    static let none = WithdrawnNightRows()

    private init() {}

    init(_ connection: borrowing Connection, asOf end: Int64) throws {
        let rows = try connection.prepare(Self.select)
        try rows.bind(end, at: 1)
        while try rows.step() {
            guard let day = CivilDate(rows.text(1))?.number else { continue }
            let night = WithdrawnNight(
                day: day, storedAtMicroseconds: rows.int64(2), withdrawnAtMicroseconds: rows.int64(3),
                verdict: Verdict(rawValue: rows.text(4)), origin: rows.optionalText(5).flatMap(ChangeOrigin.init))
            nights[rows.rowNumber(0), default: []].append((rows.isNull(6) ? nil : rows.int(6), night))
        }
    }

    /// The withdrawn nights of a phase, and those of which the file does not say the phase.
    subscript(phase: ReportedPhase) -> [WithdrawnNight] {
        (nights[phase.experimentRow] ?? []).filter { $0.phase == nil || $0.phase == phase.number }.map(\.night)
    }
}
