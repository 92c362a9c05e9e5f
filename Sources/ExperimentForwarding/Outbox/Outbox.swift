public import Experimentation

/// The source of rows, and the place where a destination's progress among them is kept.
///
/// The logs of a file are its outbox: nothing is queued apart, a destination is a cursor. What an implementation promises:
///
/// - **Order.** ``rows(after:passing:limit:)`` gives each log in the order of its numbers, and an exposure that was durable
///   before an outcome was recorded comes before it. A row once read past is never followed by a lower one: what is
///   visible is what was committed, and numbers are given in the order of commits. Neither log starves the other: were
///   all exposures to come first, outcomes would wait for ever behind a destination with a limit.
/// - **Ids.** A row has the same ``RowID`` at every reading, in every process.
/// - **Durability.** When ``commit(_:of:)`` has returned true, everything in the step is on disk, and all of it or
///   nothing. A step names the cursor that it starts from; where another process has moved on from there, the step is
///   refused and nothing of it is kept.
package protocol Outbox: Sendable {
    /// The progress of a destination; of a new one, ``DeliveryProgress/init(cursor:)`` with the cursor it starts from.
    func progress(of destination: DestinationName) async throws -> DeliveryProgress

    /// The rows after a cursor.
    /// - Parameters:
    ///   - cursor: The place after which to read.
    ///   - filter: An implementation may leave out rows that do not pass; whoever asked looks again. It never leaves out
    ///     others.
    ///   - limit: The largest number of rows to return. Fewer do not mean that there are no more.
    /// - Returns: The rows in order, and the place up to which was looked.
    /// - Throws: When the rows cannot be read.
    func rows(after cursor: OutboxCursor, passing filter: EventFilter, limit: Int) async throws -> OutboxPage

    /// Moves a destination on, with everything that was learned on the way.
    /// - Parameters:
    ///   - step: What to keep.
    ///   - destination: Whose it is.
    /// - Returns: Whether the destination was where the step starts.
    /// - Throws: When it cannot be written, or it is not known whether it was.
    func commit(_ step: DeliveryStep, of destination: DestinationName) async throws -> Bool

    /// The backlog after a cursor. Asked for after every step, so an implementation must not count rows one by one.
    func backlog(after cursor: OutboxCursor) async throws -> Backlog
}

/// A destination's name: what its cursor is kept under.
public typealias DestinationName = Name<Destination>

/// A place among the rows: everything up to these numbers lies before it.
package struct OutboxCursor: Sendable, Hashable, Codable {
    /// The number of the last exposure before the place; 0 for none.
    package var exposure: Int64
    /// The number of the last outcome before the place; 0 for none.
    package var outcome: Int64

    package init(exposure: Int64, outcome: Int64) {
        self.exposure = exposure
        self.outcome = outcome
    }

    /// The place before every row.
    package static let start = OutboxCursor(exposure: 0, outcome: 0)

    /// Whether a place is this one or lies before it in both logs.
    package func isAtOrPast(_ other: OutboxCursor) -> Bool { exposure >= other.exposure && outcome >= other.outcome }

    /// The place after a row that lies after this one.
    package func past(_ row: RowID) -> OutboxCursor {
        var cursor = self
        switch row.log {
        case .exposure: cursor.exposure = row.number
        case .outcome: cursor.outcome = row.number
        // Links are nobody's event.
        case .link: break
        }
        return cursor
    }
}

/// Rows in a row.
package struct OutboxPage: Sendable {
    package let rows: [ForwardedEvent]
    /// The place after the last row that was looked at, be it left out.
    package let end: OutboxCursor

    package init(rows: [ForwardedEvent], end: OutboxCursor) {
        self.rows = rows
        self.end = end
    }
}

/// The rows that are recorded and not yet sent.
public struct Backlog: Sendable, Hashable {
    /// Rows, those included that will be withheld.
    public let rows: Int64
    /// Time at which the first of the rows happened, in µs since 1970 UTC; nil where there is none.
    public let oldestMicroseconds: Int64?

    /// The place after the last of them.
    package let end: OutboxCursor

    package init(rows: Int64, oldestMicroseconds: Int64?, end: OutboxCursor) {
        self.rows = rows
        self.oldestMicroseconds = oldestMicroseconds
        self.end = end
    }
}
