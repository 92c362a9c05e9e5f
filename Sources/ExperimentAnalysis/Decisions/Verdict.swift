/// What is to be done with an experiment, in a word; the raw values are what reports and the file write.
///
/// In order of precedence: the first that applies is the one.
public enum Verdict: String, Sendable, Hashable, CaseIterable {
    /// It could not be analysed.
    case failed
    /// No unit of it can be analysed yet.
    case noData = "no_data"
    /// Something is wrong with it, so its effects must not be read.
    case doNotRead = "do_not_read"
    /// A treatment does harm.
    case stop
    /// A treatment is better, and no guardrail speaks against it.
    case ship
    /// No treatment gains anything worth having.
    case keep
    /// Nothing is clear yet.
    case wait
}
