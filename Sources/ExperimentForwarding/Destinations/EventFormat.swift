package import ExperimentJSON
package import Experimentation

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The language of a kind of receiver: what a row looks like, what a request, and what an answer means.
///
/// A row becomes bytes once, in ``write(_:to:noting:)``; a request is a frame around the bytes of its rows, made anew for
/// every attempt, since it says when it was sent.
package protocol EventFormat: Sendable {
    var limits: DeliveryLimits { get }
    /// Whether the receiver knows a row that comes again by its id, and counts it once.
    var knowsRepeats: Bool { get }

    /// The experiments that the receiver knows; nil where it takes any.
    var knownExperiments: Set<ExperimentName>? { get }
    /// Secrets that must not be kept of an answer that repeats them.
    var secrets: [Secret] { get }

    /// Writes one row as one JSON value, or says why it stays.
    /// - Parameters:
    ///   - event: What may be seen of the row.
    ///   - json: Where it is written.
    ///   - notes: What the receiver cannot hold of the row is added.
    /// - Returns: Why the row stays; nil where it was written.
    func write(
        _ event: DisclosedEvent, to json: inout JSONWriter, noting notes: inout Set<DeliveryNote>
    ) -> Withholding?

    /// The request that sends rows.
    /// - Parameters:
    ///   - rows: What ``write(_:to:noting:)`` wrote of each; at least one.
    ///   - attempt: Which attempt it is, and when.
    /// - Returns: The request, uncompressed.
    func request(sending rows: [[UInt8]], _ attempt: DeliveryAttempt) -> HTTPRequest

    /// The verdict of an answer on the rows that were sent.
    func verdict(on answer: HTTPAnswer, to rows: [RowID]) -> DeliveryVerdict
}

extension EventFormat {
    package var knownExperiments: Set<ExperimentName>? { nil }
    package func verdict(on answer: HTTPAnswer, to rows: [RowID]) -> DeliveryVerdict { answer.verdict }
}

/// The limits of what a destination takes at once.
public struct DeliveryLimits: Sendable, Hashable {
    /// The largest number of rows in a request.
    public var rowsPerRequest: Int
    /// The largest number of bytes of rows in a request, before compression.
    public var bytesPerRequest: Int
    /// The largest number of requests that may be under way at once; their rows have no unit in common.
    public var concurrentRequests: Int
    /// The largest number of requests that may begin in a second; nil for no limit.
    public var requestsPerSecond: Double?
    /// Whether requests are compressed with gzip.
    public var isCompressed: Bool

    /// Creates limits.
    /// - Parameters:
    ///   - rowsPerRequest: The largest number of rows in a request; at least 1.
    ///   - bytesPerRequest: The largest number of bytes of rows in a request.
    ///   - concurrentRequests: How many requests may be under way at once; at least 1.
    ///   - requestsPerSecond: The largest number of requests that may begin in a second; nil for no limit.
    ///   - isCompressed: Whether requests are compressed with gzip.
    public init(
        rowsPerRequest: Int, bytesPerRequest: Int, concurrentRequests: Int, requestsPerSecond: Double? = nil,
        isCompressed: Bool = false
    ) {
        self.rowsPerRequest = max(1, rowsPerRequest)
        self.bytesPerRequest = max(1, bytesPerRequest)
        self.concurrentRequests = max(1, concurrentRequests)
        self.requestsPerSecond = requestsPerSecond
        self.isCompressed = isCompressed
    }
}

/// An attempt to deliver rows; other requests may try to deliver the same rows.
package struct DeliveryAttempt: Sendable {
    /// The same for every attempt to deliver the same rows.
    package let deliveryID: UUID
    /// Time at which the first attempt began, in µs since 1970 UTC.
    package let beganMicroseconds: Int64
    /// 1 for the first.
    package var number = 1
    /// Time at which this attempt began, in µs since 1970 UTC.
    package var sentMicroseconds: Int64

    package init(deliveryID: UUID, atMicroseconds now: Int64) {
        self.deliveryID = deliveryID
        beganMicroseconds = now
        sentMicroseconds = now
    }
}

/// The verdict of a receiver on the rows of a request.
package enum DeliveryVerdict: Sendable, Hashable {
    /// The request was read; rows that are not named here were taken.
    case taken(except: [RowID: RowVerdict], retryAfter: Duration?)
    /// The receiver will not have the request as it is; which row is to blame shows when they are sent apart.
    case refused(status: Int, reason: String)
    /// The request is too large.
    case tooLarge
    /// The same request may be taken later, not before the given time has passed; the failure where there was no answer.
    case later(retryAfter: Duration?, failure: TransportFailure?)
    /// The answer is not about the rows.
    case stopped(DeliveryStop)
}

/// The verdict of a receiver on one row of a request that was read.
package enum RowVerdict: Sendable, Hashable {
    /// The row will not be taken.
    case refused(String)
    /// The row is to be sent again.
    case again
}

/// The name and version that a request sends, where a receiver wants to know.
enum Sender {
    static let name = "experiments-forward"
    static let version = "1.0"
    static let userAgent = "\(name)/\(version)"
}
