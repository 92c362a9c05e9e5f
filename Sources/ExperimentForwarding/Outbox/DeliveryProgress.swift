package import Experimentation

/// The progress of a destination, as it is kept beside the rows.
package struct DeliveryProgress: Sendable, Hashable {
    /// Everything before it is resolved: sent, refused or withheld.
    package var cursor: OutboxCursor
    /// Rows that the destination took, ever.
    package var sent: Int64 = 0
    /// Rows that the destination refused, ever.
    package var refused: Int64 = 0
    /// Rows that were withheld, ever, by reason.
    package var withheld: [Withholding: Int64] = [:]
    /// Notes on what the destination cannot hold, in the order in which they were made.
    package var notes: [DeliveryNote] = []
    /// Time at which the destination last took a row, in µs since 1970 UTC; nil for never.
    package var lastSentMicroseconds: Int64?
    /// The alarm that an operator should look into; nil when all is well.
    package var alarm: DeliveryAlarm?

    package init(cursor: OutboxCursor = .start) {
        self.cursor = cursor
    }

    /// Adds a step.
    package mutating func take(_ step: DeliveryStep) {
        cursor = step.end
        sent += Int64(step.sent)
        refused += Int64(step.refused.count)
        withheld.merge(step.withheld.mapValues { Int64($0) }, uniquingKeysWith: +)
        notes += step.notes.filter { !notes.contains($0) }
        if step.sent > 0 { lastSentMicroseconds = step.atMicroseconds }
        alarm = step.alarm
    }
}

/// The step of a destination from one cursor to another, which is kept whole or not at all.
package struct DeliveryStep: Sendable, Hashable {
    /// The destination's cursor before the step.
    package var start: OutboxCursor
    /// The destination's cursor after the step; equal to ``start`` where only the alarm changed.
    package var end: OutboxCursor
    package var sent: Int = 0
    package var withheld: [Withholding: Int] = [:]
    package var refused: [RefusedRow] = []
    /// Notes that were made for the first time.
    package var notes: [DeliveryNote] = []
    package var alarm: DeliveryAlarm?
    /// The time of the step, in µs since 1970 UTC.
    package var atMicroseconds: Int64

    package init(from start: OutboxCursor, to end: OutboxCursor, atMicroseconds: Int64) {
        self.start = start
        self.end = end
        self.atMicroseconds = atMicroseconds
    }
}

/// A row that a destination will not take.
package struct RefusedRow: Sendable, Hashable {
    package let row: RowID
    /// Why, in the destination's words, cut to 200 bytes; it may hold what was sent, so it belongs into the file only.
    package let reason: String

    package init(row: RowID, reason: String) {
        self.row = row
        self.reason = reason
    }
}

/// Something that a destination cannot hold, named once.
public enum DeliveryNote: Sendable, Hashable, Codable {
    /// The destination's times end at the millisecond; microseconds are cut off.
    case microsecondsCutOff
    /// A count lies beyond ±2⁵³, where the vendor's doubles hold not every integer.
    case countBeyondDouble(metric: String)
    /// An amount of money has fractions of a cent, which were rounded to the nearest.
    case centsRounded(metric: String)
    /// The vendor does not know the experiment; its exposures are withheld.
    case unknownExperiment(String)
    /// The vendor does not know the variant; its exposures are withheld.
    case unknownVariant(experiment: String, variant: String)
    /// The vendor does not know the metric; its outcomes are withheld.
    case unknownMetric(String)
    /// The vendor does not know the attribute; rows leave without it.
    case unknownAttribute(String)
    /// The vendor refuses the name; rows with it are withheld.
    case refusedName(String)
    /// The vendor refuses some ids of users or sessions: too long, or words such as "null"; their rows are withheld.
    case refusedUnitIDs
}

/// The trouble with a destination that an operator should look into.
public enum DeliveryAlarm: Sendable, Hashable, Codable {
    /// More is recorded than the destination's limit lets through: so many rows more in so many seconds.
    case lagGrows(rows: Int64, seconds: Int64)
    /// The destination refuses row after row, though it took others before.
    case refuses(rows: Int)
    /// The destination does not take anything and says why it is not the rows' fault.
    case stopped(DeliveryStop)
}
