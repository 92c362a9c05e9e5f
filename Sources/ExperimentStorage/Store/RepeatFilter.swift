import Experimentation

/// Remembers recently recorded exposures, so that an identical one need not be stored again.
///
/// Only what was committed is remembered, and only a later repeat within the window is a repeat: an earlier time would
/// move the unit's first exposure. Memory is bounded: two generations of as many exposures as
/// are configured, 24 bytes each.
struct RepeatFilter {
    /// The mark of an exposure, but for its time: two hashes of 64 bits, seeded anew in every process.
    ///
    /// Two exposures share one with a chance of 2⁻¹²⁸, and nobody outside can look for two that do.
    private struct Fingerprint: Hashable {
        private let first: Int
        private let second: Int

        init(_ record: borrowing ExposureRecord, _ rows: ExposureKey, _ attributes: String?) {
            first = Self.hash(0, record, rows, attributes)
            second = Self.hash(1, record, rows, attributes)
        }

        private static func hash(
            _ number: Int, _ record: borrowing ExposureRecord, _ rows: ExposureKey, _ attributes: String?
        ) -> Int {
            var hasher = Hasher()
            hasher.combine(number)
            hasher.combine(rows)
            hasher.combine(record.enrollment)
            combine(record.userID, into: &hasher)
            combine(record.sessionID, into: &hasher)
            combine(attributes.map { Name<Fingerprint>($0) }, into: &hasher)
            return hasher.finalize()
        }

        /// Hashes a text with its length, so that no two texts run into each other.
        private static func combine<Of>(_ text: Name<Of>?, into hasher: inout Hasher) {
            hasher.combine(text?.text.utf8.count)
            if let text { hasher.combine(text) }
        }
    }

    private let generationSize: Int
    private let windowMicroseconds: Int64
    private var recent: [Fingerprint: Int64] = [:]
    private var older: [Fingerprint: Int64] = [:]
    /// The exposures of the batch under way, with their times.
    private var pending: [Fingerprint: Int64] = [:]

    init(window: Duration, limit: Int = 100_000) {
        generationSize = limit
        windowMicroseconds = window.microseconds
    }

    /// The number of exposures that are remembered.
    var count: Int { recent.count + older.count + pending.count }

    /// Whether an exposure repeats a recorded one; if not, it is remembered once its batch is kept.
    mutating func isRepeat(_ record: borrowing ExposureRecord, _ rows: ExposureKey, _ attributes: String?) -> Bool {
        let key = Fingerprint(record, rows, attributes)
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
        if recent.count + pending.count > generationSize {
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
