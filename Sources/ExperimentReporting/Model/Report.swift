public import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentStatistics
import Experimentation

/// One night's report, in words and numbers that every format shows the same.
///
/// A report knows no clock: its date is that of `--as-of`, or of the last exposure. The same results make the same report.
public struct Report: Sendable {
    let results: AnalysisResults
    /// The name of the database's file.
    let database: String
    /// In the order of the index: what is broken or due first, then by name.
    let experiments: [ExperimentReport]

    /// Creates a report.
    /// - Parameters:
    ///   - results: What the experiments show.
    ///   - database: The name of the database's file, for the commands that the report suggests.
    public init(_ results: AnalysisResults, of database: String) {
        self.results = results
        self.database = database
        let today = Self.today(results)
        let experiments = results.experiments.map { ExperimentReport($0, today: today) }
        self.experiments = experiments.enumerated().sorted { first, second in
            let (left, right) = (first.element, second.element)
            if left.verdict.kind != right.verdict.kind { return left.verdict.kind < right.verdict.kind }
            return (left.result.experiment, first.offset) < (right.result.experiment, second.offset)
        }.map(\.element)
    }

    /// The day on which the report appears: that of `--as-of`, or the one after the last exposure of all.
    private static func today(_ results: AnalysisResults) -> Day? {
        if let time = results.options.asOfMicroseconds { return Day(results.options.calendar.day(at: time)) }
        return lastDay(results).map { Day($0 + 1) }
    }

    /// The day of `--as-of`: where that is a midnight, the day that ended then.
    private static func day(_ time: Int64, _ results: AnalysisResults) -> Day {
        Day(results.options.calendar.day(at: time - 1))
    }

    /// The last day with a unit's first exposure; what a wrong clock dated later than now does not date the report.
    private static func lastDay(_ results: AnalysisResults) -> Int? {
        let now = results.options.calendar.day(at: results.now)
        return results.experiments.compactMap { $0.days.last { $0.day <= now }?.day }.max()
    }

    /// Whether there is nothing to report.
    var isEmpty: Bool { experiments.isEmpty && results.damagedExperiments.isEmpty }

    // MARK: The summary

    /// The last day with an exposure.
    var lastDay: Day? { Self.lastDay(results).map { Day($0) } }

    /// The day of `--as-of`, or of the last exposure.
    var date: Day? { results.options.asOfMicroseconds.map { Self.day($0, results) } ?? lastDay }

    /// The headline as figures, after the date, for the title of the window.
    var title: String {
        let kinds: [(VerdictText.Kind, String)] = [
            (.stop, "stop"), (.discuss, "discuss"), (.check, "check"), (.ship, "ship"), (.keep, "keep"),
            (.inconclusive, "inconclusive"),
        ]
        let parts =
            (kinds.map { kind, word in (word, experiments.count { $0.verdict.kind == kind }) } + [
                ("repair", repairs.count), ("wait", waiting),
            ]).filter { $0.1 > 0 }.map { "\($0.0) \(NumberText.count($0.1))" }
        let counts = parts.isEmpty ? "nothing to decide" : parts.joined(separator: ", ")
        return "Experiments\(date.map { ", \($0.medium)" } ?? ""): \(counts)"
    }

    /// Date and zone, data through which event, and the file.
    var subtitle: MarkedText {
        let through = results.through
        var line: MarkedText = ""
        if let time = results.options.asOfMicroseconds {
            let (day, calendar) = (Self.day(time, results), results.options.calendar)
            let isDayOver = time == calendar.start(of: day.number + 1)
            let until =
                isDayOver ? "to the end of the day" : "events before \(NumberText.clock(microseconds: time)) UTC"
            line = line + "\(day.long), \(until). "
        } else if let date {
            line = line + "\(date.long), the day of the last exposure. "
        }
        switch through.place {
        case .file:
            let (exposure, outcome) = (NumberText.count(through.exposure), NumberText.count(through.outcome))
            line = line + "Data until row \(exposure) of the exposures and \(outcome) of the outcomes"
        case .merge: line = line + "Data of several files until their last merge"
        case .warehouse: line = line + "Data of the warehouse until its last load"
        }
        if results.options.asOfMicroseconds != nil, let lastDay {
            line = line + ", the last exposure on \(lastDay.short)"
        }
        return line + ". Days run from midnight to midnight \(results.options.calendar.name). File \(code: database)."
    }

    /// One axis for the whole index: the 80th percentile of the intervals' ends, rounded; of the decided experiments where
    /// there are any, since the widest intervals are those that say the least.
    var axis: Axis {
        let decided = experiments.filter {
            $0.verdict.kind.isDecision && $0.result.isTrustworthy && $0.decidingRow != nil
        }
        let ends = (decided.isEmpty ? experiments : decided).compactMap { experiment -> Double? in
            guard experiment.result.isTrustworthy, let row = experiment.decidingRow, let reach = row.line ?? row.bar
            else {
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

// MARK: The lists of the summary

extension Report {
    /// An experiment in one of the lists.
    struct Item: Hashable {
        let experiment: ExperimentName
        /// Where the page says more.
        let anchor: String
        let kind: VerdictText.Kind
        let title: MarkedText
        let since: VerdictText.Since?
        let reason: MarkedText

        /// The word between the title and the name: `Ship treatment in checkout`, but `Don’t read checkout`.
        var joint: String {
            switch kind {
            case .stop, .discuss, .check, .ship, .keep: " in "
            case .failed, .dontRead, .noData, .inconclusive, .wait, .draft, .closed: " "
            }
        }
    }

    /// The anchor of an experiment, by its place in the index; never a name.
    static func anchor(_ index: Int) -> String { "e\(index + 1)" }

    /// The anchor of an experiment that could not be analysed.
    static func failureAnchor(_ index: Int) -> String { "f\(index + 1)" }

    /// What somebody has to decide.
    var decisions: [Item] {
        experiments.indices.filter { experiments[$0].verdict.kind.isDecision }.map(item)
    }

    /// What has to be repaired: what failed, experiments that must not be read, and what is odd in those of which nothing
    /// has to be decided.
    ///
    /// What is odd in the others stands beside the decision, since an experiment has one place.
    var repairs: [Item] {
        let failed = results.damagedExperiments.enumerated().map { index, damaged in
            Item(
                experiment: damaged.id, anchor: Self.failureAnchor(index), kind: .failed, title: "Failed",
                since: nil, reason: "It \(damaged.fault).")
        }
        let broken = experiments.indices.filter { experiments[$0].isRepair }.map(item)
        let odd = experiments.indices.compactMap { index -> Item? in
            let kind = experiments[index].verdict.kind
            let oddities = oddities(experiments[index])
            guard !experiments[index].isRepair, !kind.isDecision, !oddities.isEmpty else { return nil }
            return Item(
                experiment: experiments[index].result.experiment, anchor: Self.anchor(index), kind: .noData,
                title: "Look into", since: nil, reason: MarkedText.sentences(oddities))
        }
        return failed + broken + odd
    }

    /// What somebody should look into, but what the verdict says already.
    private func oddities(_ experiment: ExperimentReport) -> [MarkedText] {
        guard experiment.result.status == .running else { return [] }
        return experiment.result.problems.filter { problem in
            if case .implausibleLift = problem { return experiment.verdict.kind != .check }
            return problem.isOdd
        }.map { "\(ProblemText.sentence($0, experiment.result))." }
    }

    /// Odd things beside a decision are a task of their own, no reason for the decision.
    private func lookInto(_ oddities: [MarkedText]) -> [MarkedText] {
        oddities.isEmpty ? [] : ["Look into, too:"] + oddities
    }

    private func item(_ index: Int) -> Item {
        let verdict = experiments[index].verdict
        return Item(
            experiment: experiments[index].result.experiment, anchor: Self.anchor(index), kind: verdict.kind,
            title: verdict.title, since: verdict.since,
            reason: MarkedText.sentences(
                [verdict.reason] + (verdict.kind.isDecision ? lookInto(oddities(experiments[index])) : [])))
    }

    /// How many experiments only have to be waited for; one that stands under the repairs is counted there.
    var waiting: Int {
        let repaired = Set(repairs.map(\.anchor))
        return experiments.indices.count { index in
            experiments[index].verdict.kind == .wait && !repaired.contains(Self.anchor(index))
        }
    }

    /// `3 outcomes belong to no experiment: 2 of units that were never exposed and 1 without a unit’s id.`; nil where all
    /// belong to one.
    var lostOutcomes: String? {
        let lost = results.unattributedOutcomes
        guard lost.total > 0 else { return nil }
        let parts = [(lost.neverExposed, "of units that were never exposed"), (lost.noUnit, "without a unit’s id")]
            .filter { $0.0 > 0 }.map { "\(NumberText.count($0.0)) \($0.1)" }
        return "\(NumberText.count(lost.total, "outcome")) \(lost.total == 1 ? "belongs" : "belong") to no experiment: "
            + "\(NumberText.list(parts))."
    }

    // MARK: Since the night before

    /// The night before the last one that is stored; nil when there are fewer than two.
    var previous: Day? {
        Set(experiments.flatMap { $0.result.nights.map(\.day) }).sorted().dropLast().last.map { Day($0) }
    }

    /// What is different since then: experiments that are new, verdicts that changed, alarms that came or went.
    var changes: [Item] {
        guard let previous else { return [] }
        return experiments.indices.compactMap { index in
            change(experiments[index], since: previous).map { reason in
                Item(
                    experiment: experiments[index].result.experiment, anchor: Self.anchor(index),
                    kind: experiments[index].verdict.kind,
                    title: "", since: nil, reason: reason)
            }
        }
    }

    private func change(_ experiment: ExperimentReport, since previous: Day) -> MarkedText? {
        let nights = experiment.result.nights
        guard let last = nights.last, last.day > previous.number else { return nil }
        guard let before = nights.dropLast().last else { return "First figures on \(Day(last.day).short)." }
        let gone = before.alarms.filter { alarm in !last.alarms.contains { $0.tells(alarm) } }
        let come = last.alarms.filter { alarm in !before.alarms.contains { $0.tells(alarm) } }
        if !come.isEmpty { return "New alarm: \(MarkedText.list(come.map(\.words)))." }
        if !gone.isEmpty { return "Recovered: \(MarkedText.list(gone.map(\.words))) no more." }
        guard last.verdict != before.verdict, let now = last.verdict, let then = before.verdict else { return nil }
        return "The verdict was “\(VerdictText.plain(then))” and is now “\(VerdictText.plain(now))”."
    }
}

extension NightAlarm {
    /// Its name as words, and what it is about.
    var words: MarkedText {
        let words: MarkedText = "\(name.split(separator: "_").joined(separator: " "))"
        let subject = [metric?.text, variantID?.text, detail].compactMap(\.self).map { Name<NightAlarm>($0) }
        guard let first = subject.first else { return words }
        return words + subject.dropFirst().reduce(" (\(name: first)") { $0 + ", \(name: $1)" } + ")"
    }
}

extension HealthProblem {
    /// Whether somebody should look into it; too few units, or too few of rare outcomes, are a matter of time.
    fileprivate var isOdd: Bool {
        switch self {
        case .severalKinds, .otherKind, .otherName, .missingMetric, .implausibleLift, .placeholderUnit, .dominantUnit,
            .neverExposed:
            true
        default: false
        }
    }
}
