import ExperimentAnalysis
import ExperimentDefinitions
import Experimentation

/// The lists of the front page.
extension Edition {
    /// An entry of a list.
    struct Entry: Hashable {
        let experiment: ExperimentName
        /// Where the page says more.
        let anchor: String
        let kind: VerdictWords.Kind
        let title: Phrase
        let since: VerdictWords.Since?
        let reason: Phrase
    }

    /// The anchor of a card, by its place in the index; never a name.
    static func anchor(_ index: Int) -> String { "e\(index + 1)" }

    /// The anchor of an experiment that could not be analysed.
    static func failureAnchor(_ index: Int) -> String { "f\(index + 1)" }

    /// What somebody has to decide.
    var decisions: [Entry] {
        cards.indices.filter { cards[$0].verdict.kind.isDecision }.map(entry)
    }

    /// What has to be repaired: what failed, experiments that must not be read, and what is odd in the others.
    var repairs: [Entry] {
        let failed = results.damagedExperiments.enumerated().map { index, damaged in
            Entry(
                experiment: damaged.id, anchor: Self.failureAnchor(index), kind: .failed, title: "Failed",
                since: nil, reason: "It \(damaged.fault).")
        }
        let broken = cards.indices.filter { cards[$0].verdict.kind.isRepair }.map(entry)
        let odd = cards.indices.flatMap { index -> [Entry] in
            let result = cards[index].result
            return result.problems.filter { $0.isOdd && result.status == .running }.map { problem in
                Entry(
                    experiment: result.experiment, anchor: Self.anchor(index), kind: .noData, title: "Check",
                    since: nil,
                    reason: "\(ProblemText.sentence(problem, result)).")
            }
        }
        return failed + broken + odd
    }

    private func entry(_ index: Int) -> Entry {
        let verdict = cards[index].verdict
        return Entry(
            experiment: cards[index].result.experiment, anchor: Self.anchor(index), kind: verdict.kind,
            title: verdict.title, since: verdict.since, reason: verdict.reason)
    }

    // MARK: Since the night before

    /// The night before the last one that is stored; nil when there are fewer than two.
    var previous: Day? {
        Set(cards.flatMap { $0.result.nights.map(\.day) }).sorted().dropLast().last.map { Day($0) }
    }

    /// What is different since then: experiments that are new, verdicts that changed, alarms that came or went.
    var changes: [Entry] {
        guard let previous else { return [] }
        return cards.indices.compactMap { index in
            change(cards[index], since: previous).map { reason in
                Entry(
                    experiment: cards[index].result.experiment, anchor: Self.anchor(index),
                    kind: cards[index].verdict.kind,
                    title: "", since: nil, reason: reason)
            }
        }
    }

    private func change(_ card: Card, since previous: Day) -> Phrase? {
        let nights = card.result.nights
        guard let last = nights.last, last.day > previous.number else { return nil }
        guard let before = nights.dropLast().last else { return "First figures on \(Day(last.day).short)." }
        let gone = before.alarms.filter { !last.alarms.contains($0) }
        let come = last.alarms.filter { !before.alarms.contains($0) }
        if !come.isEmpty { return "New alarm: \(Phrase.list(come.map(\.words)))." }
        if !gone.isEmpty { return "Recovered: \(Phrase.list(gone.map(\.words))) no more." }
        guard last.verdict != before.verdict, let now = last.verdict, let then = before.verdict else { return nil }
        return "Was “\(VerdictWords.plain(then))”, is “\(VerdictWords.plain(now))”."
    }
}

extension NightAlarm {
    /// Its name as words, and what it is about.
    var words: Phrase {
        let words: Phrase = "\(name.split(separator: "_").joined(separator: " "))"
        let subject = [metric?.text, variantID?.text, detail].compactMap(\.self).map { Name<NightAlarm>($0) }
        guard let first = subject.first else { return words }
        return words + subject.dropFirst().reduce(" (\(name: first)") { $0 + ", \(name: $1)" } + ")"
    }
}

extension HealthProblem {
    /// Whether somebody should look into it; too few units, or too few of rare outcomes, are a matter of time.
    fileprivate var isOdd: Bool {
        switch self {
        case .severalKinds, .missingMetric, .implausibleLift: true
        default: false
        }
    }
}
