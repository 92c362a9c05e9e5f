package import ExperimentDatabase
public import Experimentation

/// An experiment of the file that breaks a rule of this library, so that it cannot be read.
///
/// Somebody changed it by hand, or a newer library did. Whoever lists experiments names it beside the others; whoever
/// asks for it, to assign, start, stop, change or report it, is refused with the same sentence. A running server keeps the
/// definition that it read before.
public struct DamagedExperiment: Error, Sendable, Hashable {
    /// Id of the experiment, which may be what breaks the rule.
    public let id: ExperimentName
    /// Fault of the experiment, as the end of a sentence about it: `has no phase`.
    public let fault: String

    package let number: RowNumber<ExperimentRow>
    /// Row of the experiment's latest phase; nil without one.
    package let phaseID: RowNumber<PhaseRow>?
    /// The number of the earlier phase that alone is damaged; nil where the experiment as it is now cannot be read.
    package let earlierPhase: Int?

    init(
        id: ExperimentName, number: RowNumber<ExperimentRow>, phaseID: RowNumber<PhaseRow>?, _ fault: String,
        earlierPhase: Int? = nil
    ) {
        self.id = id
        self.number = number
        self.phaseID = phaseID
        self.fault = earlierPhase.map { "\(fault) in its phase \($0)" } ?? fault
        self.earlierPhase = earlierPhase
    }

    /// Sentence on what is wrong, which names the experiment, by its number where the id is not to be printed.
    public var reason: String {
        let isPrintable = (try? Rules.checkName(id, field: "experiment")) != nil
        return "experiment \(isPrintable ? "'\(id)'" : "number \(number)") of the file \(fault)"
    }

    /// The failure that whoever reads this experiment only gets.
    package var failure: StorageFailure { .damaged(reason) }
}
