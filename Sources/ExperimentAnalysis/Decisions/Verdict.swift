/// Verdict on an experiment in a word: what is to be done; the raw values are what reports and the file write.
///
/// In order of precedence: the first that applies is the one. A treatment to ship goes before another one that does harm,
/// since shipping it ends the harm, too.
public enum Verdict: String, Sendable, Hashable, CaseIterable {
    /// The experiment could not be analysed.
    case failed
    /// No unit of the experiment can be analysed yet.
    case noData = "no_data"
    /// Something is wrong with the experiment, so its effects must not be read.
    case doNotRead = "do_not_read"
    /// A treatment does harm.
    case stop
    /// A goal after the first is worse: what is gained has to be weighed against what is lost.
    case discuss
    /// A gain that is more probably a fault than an effect.
    case check
    /// A treatment is better, and nothing that decides or guards speaks against it.
    case ship
    /// No treatment has an effect that matters.
    case keep
    /// The plan is complete, and an effect that matters may still be there.
    case inconclusive
    /// Nothing is clear yet.
    case wait
}
