public import Experimentation

/// A verdict that stored nights gave and tonight does not: what was earned stays in sight.
public struct EarlierVerdict: Sendable, Hashable {
    /// Verdict that the nights gave.
    public let verdict: Verdict
    /// The treatment it was about; nil for none in particular.
    public let variantID: VariantName?
    /// The first of the nights in a row that said so: days since 1970-01-01, of the calendar in the options.
    public let firstDay: Int
    /// The last of them.
    public let lastDay: Int

    /// The last nights in a row that said to stop, discuss, check, ship or keep; nil where none did, or tonight does.
    init?(_ nights: [NightSummary], tonight: Decision) {
        guard !tonight.verdict.isEarned else { return nil }
        let before = nights.reversed().drop { $0.verdict?.isEarned != true }
        guard let last = before.first, let verdict = last.verdict else { return nil }
        let streak = before.prefix { $0.verdict == verdict && $0.variantID == last.variantID }
        self.verdict = verdict
        variantID = last.variantID
        firstDay = streak.last?.day ?? last.day
        lastDay = last.day
    }
}

extension Verdict {
    /// Whether the effects led to the verdict.
    fileprivate var isEarned: Bool {
        switch self {
        case .stop, .discuss, .check, .ship, .keep: true
        case .failed, .noData, .doNotRead, .inconclusive, .wait: false
        }
    }
}
