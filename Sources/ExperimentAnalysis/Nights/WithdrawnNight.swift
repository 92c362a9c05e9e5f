import ExperimentDatabase
public import Experimentation

/// A night of an experiment that was stored by mistake and withdrawn: it is in no history any more, but was there.
public struct WithdrawnNight: Sendable, Hashable {
    /// The last day it covered: days since 1970-01-01.
    public let day: Int
    /// When it was stored, in µs since 1970 UTC.
    public let storedAtMicroseconds: Int64
    /// When it was withdrawn, in µs since 1970 UTC.
    public let withdrawnAtMicroseconds: Int64
    /// The verdict that the night had stored; nil for a word that this library does not know.
    public let verdict: Verdict?
}

extension ExperimentAnalyzer {
    private static let withdrawn = """
        SELECT w.date, w.stored_at_us, w.withdrawn_at_us, d.value
        FROM main.night_withdrawal AS w, json_each(w.decisions) AS d
        WHERE d.key = ?1 ORDER BY w.withdrawal_id
        """

    /// The nights that were withdrawn after they had said something of an experiment.
    /// - Parameter experiment: The experiment's id.
    /// - Returns: Its nights, in the order in which they were withdrawn; a date can be there several times.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func withdrawnNights(of experiment: ExperimentName) throws(ExperimentError) -> [WithdrawnNight] {
        try inSnapshot { connection in
            var nights: [WithdrawnNight] = []
            let rows = try connection.prepare(Self.withdrawn)
            try rows.bind(experiment, at: 1)
            while try rows.step() {
                guard let day = CivilDate(rows.text(0))?.number else { continue }
                nights.append(
                    WithdrawnNight(
                        day: day, storedAtMicroseconds: rows.int64(1), withdrawnAtMicroseconds: rows.int64(2),
                        verdict: Verdict(rawValue: rows.text(3))))
            }
            return nights
        }
    }
}
