/// The state of a destination: counts of its rows, the rows that wait, and what to look into.
public struct DeliveryStatus: Sendable, Hashable {
    /// The destination's name.
    public let destination: DestinationName
    /// Rows that it took, ever.
    public let sent: Int64
    /// Rows that it refused, ever; the file keeps which and why.
    public let refused: Int64
    /// Rows that were withheld, ever, by reason.
    public let withheld: [Withholding: Int64]
    /// The rows that are recorded and not yet sent.
    public let lag: Backlog
    /// Time at which the destination last took a row, in µs since 1970 UTC; nil for never.
    public let lastSentMicroseconds: Int64?
    /// The alarm to look into; nil when all is well.
    public let alarm: DeliveryAlarm?
    /// Notes on what the destination cannot hold.
    public let notes: [DeliveryNote]
    /// Whether a row that is sent again counts again there, as the receiver knows no ids.
    public let mayCountRepeats: Bool

    package init(_ destination: DestinationName, _ progress: DeliveryProgress, lag: Backlog, mayCountRepeats: Bool) {
        self.destination = destination
        sent = progress.sent
        refused = progress.refused
        withheld = progress.withheld
        self.lag = lag
        lastSentMicroseconds = progress.lastSentMicroseconds
        alarm = progress.alarm
        notes = progress.notes
        self.mayCountRepeats = mayCountRepeats
    }
}

/// The result of a drain: the rows that were sent, refused and withheld, and why the drain ended.
public struct DrainReport: Sendable, Hashable {
    /// Rows that the destination took.
    public internal(set) var sent = 0
    /// Rows that it refused.
    public internal(set) var refused = 0
    /// Rows that were withheld, by reason.
    public internal(set) var withheld: [Withholding: Int] = [:]
    /// Requests that were sent again, for want of an answer.
    public internal(set) var repeats = 0
    /// Why it ended before everything was sent; nil where everything was.
    public internal(set) var stop: DeliveryStop?
    /// The alarm to look into; nil when all is well.
    public internal(set) var alarm: DeliveryAlarm?
    /// The rows that are recorded and not yet sent.
    public internal(set) var lag = Backlog(rows: 0, oldestMicroseconds: nil, end: .start)

    mutating func take(_ step: DeliveryStep, repeats: Int) {
        sent += step.sent
        refused += step.refused.count
        withheld.merge(step.withheld, uniquingKeysWith: +)
        self.repeats += repeats
    }
}

extension DeliveryNote: CustomStringConvertible {
    /// The note as a sentence; names of experiments, metrics and attributes only.
    public var description: String {
        switch self {
        case .microsecondsCutOff: "its times end at the millisecond: microseconds are cut off"
        case .countBeyondDouble(let metric):
            "a count of '\(metric)' is beyond ±2^53, where it holds only the nearest double"
        case .centsRounded(let metric): "amounts of '\(metric)' have fractions of a cent, which are rounded"
        case .unknownExperiment(let name): "it does not know the experiment '\(name)': its exposures are withheld"
        case .unknownVariant(let experiment, let variant):
            "it does not know the variant '\(variant)' of '\(experiment)': its exposures are withheld"
        case .unknownMetric(let name): "it does not know the metric '\(name)': its outcomes are withheld"
        case .unknownAttribute(let name): "it does not know the attribute '\(name)': rows are sent without it"
        case .refusedName(let name): "it refuses the name '\(name)': rows with it are withheld"
        case .refusedUnitIDs:
            "it refuses some ids of users or sessions, too long or words such as \"null\": their rows are withheld"
        }
    }
}

extension DeliveryAlarm: CustomStringConvertible {
    /// The alarm as a sentence, without keys, addresses or user data.
    public var description: String {
        switch self {
        case .lagGrows(let rows, let seconds):
            "more is recorded than it takes: \(rows) rows more were waiting after \(seconds) s"
        case .refuses(let rows): "it refuses row after row, \(rows) by now: the file says which and why"
        case .stopped(let stop): "\(stop)"
        }
    }
}
