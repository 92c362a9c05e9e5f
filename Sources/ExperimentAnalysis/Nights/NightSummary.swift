public import Experimentation

/// What a stored night said of an experiment.
public struct NightSummary: Sendable, Hashable {
    /// The last day it covers: days since 1970-01-01, in UTC.
    public let day: Int
    /// What was to be done.
    public let verdict: Verdict?
    /// The treatment that was about; nil for none in particular.
    public let variantID: VariantName?
    /// What was wrong.
    public let alarms: [NightAlarm]
    /// Analysed units in the order of the experiment's variants.
    public let units: [Int]
}
