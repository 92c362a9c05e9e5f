import Experimentation

/// Remembers recently recorded exposures, so that an identical one need not be stored again.
///
/// Only what was committed is remembered, and only a later repeat within the window is a repeat: an earlier time would
/// move the unit's first exposure. Memory is bounded: two generations of at most 100,000 exposures.
struct RepeatFilter {
    private struct Key: Hashable {
        let rows: ExposureKey
        let enrollment: Enrollment
        let userID: ByteString?
        let sessionID: ByteString?
        let attributes: ByteString?
    }

    private static let generationSize = 100_000

    private let windowMicroseconds: Int64
    private var recent: [Key: Int64] = [:]
    private var older: [Key: Int64] = [:]
    /// Of the batch under way.
    private var pending: [Key: Int64] = [:]

    init(window: Duration) {
        let (seconds, attoseconds) = window.components
        windowMicroseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    /// Whether an exposure repeats a recorded one; if not, it is remembered once its batch is kept.
    mutating func isRepeat(_ record: borrowing ExposureRecord, _ rows: ExposureKey, _ attributes: String?) -> Bool {
        let key = Key(
            rows: rows, enrollment: record.enrollment, userID: record.userID.map { ByteString($0) },
            sessionID: record.sessionID.map { ByteString($0) }, attributes: attributes.map { ByteString($0) })
        let time = record.timestampMicroseconds
        if let known = pending[key] ?? recent[key] ?? older[key], known <= time, time - known < windowMicroseconds {
            return true
        }
        pending[key] = time
        return false
    }

    /// The batch is durable.
    mutating func keep() {
        guard !pending.isEmpty else { return }
        if recent.count + pending.count > Self.generationSize {
            older = recent
            recent = [:]
        }
        recent.merge(pending) { _, new in new }
        pending.removeAll(keepingCapacity: true)
    }

    /// The batch is not in the file.
    mutating func forget() {
        pending.removeAll(keepingCapacity: true)
    }
}
