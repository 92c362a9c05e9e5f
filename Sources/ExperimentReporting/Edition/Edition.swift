public import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// One night's report, in words and numbers that every format shows the same.
///
/// It knows no clock: its date is that of `--as-of`, or of the last exposure. The same results make the same edition.
public struct Edition: Sendable {
    let results: AnalysisResults
    /// The name of the database's file.
    let database: String
    /// In the order of the index: what is broken or due first, then by name.
    let cards: [Card]

    /// Creates an edition.
    /// - Parameters:
    ///   - results: What the experiments show.
    ///   - database: The name of the database's file, for the commands that the report suggests.
    public init(_ results: AnalysisResults, of database: String) {
        self.results = results
        self.database = database
        let today = Self.today(results)
        let cards = results.experiments.map { Card($0, today: today) }
        self.cards = cards.enumerated().sorted { first, second in
            let (left, right) = (first.element, second.element)
            if left.verdict.kind != right.verdict.kind { return left.verdict.kind < right.verdict.kind }
            return (left.result.experiment, first.offset) < (right.result.experiment, second.offset)
        }.map(\.element)
    }

    /// The day on which the edition appears: that of `--as-of`, or the one after the last exposure of all.
    private static func today(_ results: AnalysisResults) -> Day? {
        if let time = results.options.asOfMicroseconds { return Day(microseconds: time) }
        return results.experiments.compactMap { $0.days.last?.day }.max().map { Day($0 + 1) }
    }

    /// Whether there is nothing to report.
    var isEmpty: Bool { cards.isEmpty && results.damagedExperiments.isEmpty }

    // MARK: The front page

    /// The last day with an exposure.
    var lastDay: Day? { results.experiments.compactMap { $0.days.last?.day }.max().map { Day($0) } }

    /// The day of `--as-of`, or of the last exposure.
    var date: Day? { results.options.asOfMicroseconds.map { Day(microseconds: $0) } ?? lastDay }

    /// What is due and what is broken, in one sentence or two.
    var headline: String {
        guard !isEmpty else { return "No experiments yet." }
        func count(_ kind: VerdictWords.Kind) -> Int { cards.count { $0.verdict.kind == kind } }
        let kinds: [(VerdictWords.Kind, String)] = [
            (.stop, "stop"), (.discuss, "discuss"), (.check, "check"), (.ship, "ship"), (.keep, "close"),
        ]
        let due = kinds.filter { count($0.0) > 0 }.map { "\($0.1) \(NumberText.word(count($0.0)))" }
        var rest: [String] = []
        let repair = cards.count { $0.verdict.kind.isRepair } + results.damagedExperiments.count
        let (running, open) = (count(.wait), count(.inconclusive))
        if repair > 0 { rest.append("\(NumberText.word(repair)) need\(repair == 1 ? "s" : "") repair") }
        if open > 0 { rest.append("\(NumberText.word(open)) \(open == 1 ? "is" : "are") inconclusive") }
        if running > 0 { rest.append("\(NumberText.word(running)) \(running == 1 ? "runs" : "run") on") }
        let first = due.isEmpty && repair + open == 0 ? "nothing to decide" : due.joined(separator: ", ")
        let sentences = [first, rest.joined(separator: ", ")].filter { !$0.isEmpty }
        return sentences.map { NumberText.capitalized($0) + "." }.joined(separator: " ")
    }

    /// The headline as figures, after the date, for the title of the window.
    var title: String {
        let kinds: [(VerdictWords.Kind, String)] = [
            (.stop, "stop"), (.discuss, "discuss"), (.check, "check"), (.ship, "ship"), (.keep, "close"),
            (.inconclusive, "inconclusive"),
        ]
        let parts =
            (kinds.map { kind, word in (word, cards.count { $0.verdict.kind == kind }) } + [
                ("repair", cards.count { $0.verdict.kind.isRepair } + results.damagedExperiments.count),
                ("wait", cards.count { $0.verdict.kind == .wait }),
            ]).filter { $0.1 > 0 }.map { "\($0.0) \(NumberText.count($0.1))" }
        let counts = parts.isEmpty ? "nothing to decide" : parts.joined(separator: ", ")
        return "Experiments\(date.map { ", \($0.medium)" } ?? ""): \(counts)"
    }

    /// Date and zone, data through which event, and the file.
    var dateline: Phrase {
        let through = results.through
        var line: Phrase = ""
        if let time = results.options.asOfMicroseconds {
            let day = Day(microseconds: time)
            line = line + "\(day.long), events before \(NumberText.clock(microseconds: time)) UTC. "
        } else if let date {
            line = line + "\(date.long), the day of the last exposure. "
        }
        line =
            line
            + "Data through exposure \(NumberText.count(through.exposure)) and outcome \(NumberText.count(through.outcome))"
        if results.options.asOfMicroseconds != nil, let lastDay {
            line = line + ", the last exposure on \(lastDay.short)"
        }
        return line + ". Days run from midnight to midnight UTC. File \(code: database)."
    }

    /// One axis for the whole index: the 80th percentile of the deciding intervals' ends, rounded.
    var axis: Axis {
        let ends = cards.compactMap { card -> Double? in
            guard card.result.isTrustworthy, let row = card.decidingRow, let reach = row.line ?? row.bar else {
                return nil
            }
            return max(abs(reach.lower), abs(reach.upper))
        }.filter(\.isFinite).sorted()
        guard !ends.isEmpty else { return Axis(symmetric: 0.2) }
        let wanted = ends[min(ends.count - 1, ends.count * 4 / 5)]
        let sizes = [0.01, 0.02, 0.04, 0.1, 0.2, 0.4, 1, 2]
        return Axis(symmetric: sizes.first { $0 >= wanted } ?? 2)
    }
}
