public import ExperimentAnalysis
import ExperimentStatistics
public import Experimentation

/// Headline of a report: what the morning's reader sees first, also as the subject of a mail.
extension Report {
    /// Number of tasks above which they are counted, not named.
    private static let named = 3

    /// Sentence or two on what is due and what is broken; from the same lists as the columns below it.
    var headline: MarkedText {
        guard !isEmpty else { return "No experiments yet." }
        let due = decisions.filter { $0.kind != .inconclusive }
        let open = decisions.filter { $0.kind == .inconclusive }
        var rest = state(repairs.map(\.experiment), "needs repair", "need repair")
        rest += state(open.map(\.experiment), "is inconclusive", "are inconclusive")
        let unseen = experiments.filter(\.isUnseen).map(\.result.experiment)
        rest += state(unseen, "has no exposures yet", "have no exposures yet")
        if waiting > 0 {
            let noun = due.isEmpty && repairs.isEmpty && open.isEmpty ? Self.noun(waiting) : "more"
            rest.append("\(NumberText.word(waiting)) \(noun) \(waiting == 1 ? "is" : "are") still running")
        }
        var first = due.count > Self.named ? counts(due) : due.map(act)
        if due.isEmpty, repairs.isEmpty, open.isEmpty {
            first = [waiting + unseen.count > 0 ? "nothing to decide yet" : "nothing to decide"]
        }
        let sentences = ([MarkedText.list(first)] + rest).filter { !$0.plain.isEmpty }
        return MarkedText.sentences(sentences.map { $0.capitalized + "." })
    }

    /// The task that an experiment sets: `ship treatment in “checkout” (purchase +23.5%)`.
    private func act(_ item: Item) -> MarkedText {
        let report = experiments.first { $0.result.experiment == item.experiment }
        let effect: MarkedText =
            report?.decidingRow.map { row in
                // A minus reads as a loss where the metric is better when lower.
                let direction = row.metric.direction == .decrease ? ", lower is better" : ""
                return
                    " (\(name: row.metric.metric) \(row.effectText)\(direction)\(item.kind == .ship ? losses(report) : ""))"
            } ?? ""
        let treatment: MarkedText = report?.verdict.variantID.map { "\(name: $0) in " } ?? ""
        switch item.kind {
        case .stop: return "stop \(treatment)\(experiment: item.experiment)\(effect)"
        case .discuss: return "discuss \(treatment)\(experiment: item.experiment)\(effect)"
        case .check: return "check \(treatment)\(experiment: item.experiment) before you ship it\(effect)"
        case .ship: return "ship \(treatment)\(experiment: item.experiment)\(effect)"
        default: return "keep the control in \(experiment: item.experiment)"
        }
    }

    /// `; worse: complaints +308%`: who ships sees the price beside the gain, whatever the metric is for.
    private func losses(_ report: ExperimentReport?) -> MarkedText {
        guard let report else { return "" }
        let losses = VerdictText.namedLosses(report.result, report.decidingRow, report.rows)
        return losses.isEmpty ? "" : "; worse: \(MarkedText.list(losses))"
    }

    /// `stop two experiments`, `ship three`: the first says of what.
    private func counts(_ due: [Item]) -> [MarkedText] {
        let acts: [(VerdictText.Kind, String)] = [
            (.stop, "stop"), (.discuss, "discuss"), (.check, "check"), (.ship, "ship"), (.keep, "keep the control in"),
        ]
        var phrases: [MarkedText] = []
        for (kind, act) in acts {
            let count = due.count { $0.kind == kind }
            guard count > 0 else { continue }
            let noun = phrases.isEmpty ? " \(Self.noun(count))" : ""
            phrases.append("\(act) \(NumberText.word(count))\(noun)")
        }
        return phrases
    }

    private static func noun(_ count: Int) -> String { count == 1 ? "experiment" : "experiments" }

    /// `“checkout” needs repair`, or with more names `four experiments need repair`; nothing for none.
    private func state(_ names: [ExperimentName], _ one: String, _ several: String) -> [MarkedText] {
        if names.isEmpty { return [] }
        guard names.count < Self.named else { return ["\(NumberText.word(names.count)) experiments \(several)"] }
        return ["\(MarkedText.list(names.map { "\(experiment: $0)" })) \(names.count == 1 ? one : several)"]
    }
}

/// A verdict that an earlier night did not give.
public struct NewVerdict: Sendable, Hashable {
    /// The experiment.
    public let experiment: ExperimentName
    /// Verdict of the rules now.
    public let verdict: Verdict
    /// `Stop: harm by t. buy −25.9%, worse.`; of a verdict that was taken back, what it was.
    public let sentence: String
}

extension Report {
    /// The verdicts of running experiments that are new since a night.
    ///
    /// A verdict that was taken back is new, too, since somebody may have begun to act on it. Waiting goes on without a word,
    /// and alarms are told by themselves.
    /// - Parameter day: The night that was read last, in days since 1970; nil for none.
    /// - Returns: What is new, what is due first.
    public func newVerdicts(since day: Int?) -> [NewVerdict] {
        experiments.compactMap { experiment in
            let result = experiment.result
            guard result.status == .running, !experiment.verdict.kind.isRepair else { return nil }
            let before = result.nights.last { $0.day == day }
            let (now, then) = (result.decision, before?.verdict)
            let isSame =
                now.verdict == then && (now.variantID == before?.variantID || !experiment.verdict.kind.isDecision)
            guard !isSame else { return nil }
            let words = experiment.verdict
            let sentence: MarkedText
            if words.kind.isDecision {
                sentence = "\(words.title). \(words.reason)"
            } else {
                guard let then, Self.isDecision(then) else { return nil }
                let variantID = VerdictText.isAboutVariant(then) ? before?.variantID : nil
                let treatment: MarkedText = variantID.map { " \(name: $0)" } ?? ""
                sentence =
                    "\(words.title). The verdict was “\(VerdictText.plain(then))\(treatment)”, which no longer holds."
            }
            return NewVerdict(experiment: result.experiment, verdict: now.verdict, sentence: sentence.plain)
        }
    }

    /// Whether a verdict asked somebody to act.
    private static func isDecision(_ verdict: Verdict) -> Bool {
        switch verdict {
        case .stop, .discuss, .check, .ship, .keep, .inconclusive: true
        case .failed, .noData, .doNotRead, .wait: false
        }
    }
}
