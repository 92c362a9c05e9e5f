import Dispatch
import ExperimentJSON
import Experimentation
import Synchronization

/// A valid record and its attributes as JSON; on the heap, so that passing it on copies one reference.
final class PreparedRecord<Record: Sendable>: Sendable {
    let record: Record
    /// An object with its keys in order; nil for none.
    let attributes: String?

    fileprivate init(valid record: Record, _ attributes: [String: String]) {
        self.record = record
        self.attributes = attributes.isEmpty ? nil : JSONWriter.object(attributes)
    }
}

extension PreparedRecord<ExposureRecord> {
    /// Checks a record and encodes its attributes, on the caller's thread.
    convenience init(_ exposure: ExposureRecord) throws(ExperimentError) {
        let valid = try exposure.validated()
        self.init(valid: valid, valid.attributes)
    }
}

extension PreparedRecord<OutcomeRecord> {
    /// Checks a record and encodes its attributes, on the caller's thread.
    convenience init(_ outcome: OutcomeRecord) throws(ExperimentError) {
        let valid = try outcome.validated()
        self.init(valid: valid, valid.attributes)
    }
}

/// A record on its way into the file, and the caller who waits until it is there.
struct QueuedRecord: Sendable {
    /// The content that is to be written.
    enum Content: Sendable {
        case exposure(PreparedRecord<ExposureRecord>)
        case outcome(PreparedRecord<OutcomeRecord>)
        case link(LinkRecord)
        /// Nothing: its caller goes on once everything before it is written.
        case mark
    }

    let content: Content
    let caller: Caller
    /// Whether the caller goes on as soon as the record leaves the queue, before the record is durable.
    var isReleasedWhenTaken = false

    /// Whether there is a record to write.
    var isRecord: Bool {
        if case .mark = content { false } else { true }
    }

    /// Whether the caller has gone on already, so that the record must not be lost by a failure.
    var isAcknowledged: Bool {
        guard isRecord else { return false }
        if case .none = caller { return true }
        return isReleasedWhenTaken
    }
}

extension QueuedRecord.Content {
    /// The ids of the record's unit.
    var unitIDs: (userID: UnitID?, sessionID: UnitID?) {
        switch self {
        case .exposure(let prepared): (prepared.record.userID, prepared.record.sessionID)
        case .outcome(let prepared): (prepared.record.userID, prepared.record.sessionID)
        case .link(let link): (link.userID, link.sessionID)
        case .mark: (nil, nil)
        }
    }

    /// The log that the record goes to, and the record's time in µs since 1970 UTC; nil where there is no record.
    var entry: (log: ImportedLog, time: Int64)? {
        switch self {
        case .exposure(let prepared): (.exposures, prepared.record.timestampMicroseconds)
        case .outcome(let prepared): (.outcomes, prepared.record.timestampMicroseconds)
        case .link(let link): (.links, link.timestampMicroseconds)
        case .mark: nil
        }
    }

    /// Bytes in memory, about: the texts that can be long, and a little for the rest.
    var byteCount: Int {
        let ids = (unitIDs.userID?.text.utf8.count ?? 0) + (unitIDs.sessionID?.text.utf8.count ?? 0)
        return switch self {
        case .exposure(let prepared): 300 + (prepared.attributes?.utf8.count ?? 0) + ids
        case .outcome(let prepared): 300 + (prepared.attributes?.utf8.count ?? 0) + ids
        case .link: 100 + ids
        case .mark: 0
        }
    }
}

/// The caller who waits for a record to be written: a suspended task, a blocked thread, or nobody.
enum Caller: Sendable {
    /// Resumed exactly once: a record leaves the inbox once, and every batch resumes the caller of each of its records.
    case task(UnsafeContinuation<ExperimentError?, Never>)
    case thread(BlockedThread)
    case none

    /// Lets the caller go on, with the error of its own record if there is one.
    func resume(_ error: ExperimentError?) {
        switch self {
        case .task(let continuation): continuation.resume(returning: error)
        case .thread(let thread): thread.resume(error)
        case .none: break
        }
    }
}

/// A thread blocked until its record is written.
final class BlockedThread: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let error = Mutex<ExperimentError?>(nil)

    func resume(_ error: ExperimentError?) {
        self.error.withLock { $0 = error }
        semaphore.signal()
    }

    /// Blocks until the record is written, and returns why it was not.
    func wait() -> ExperimentError? {
        semaphore.wait()
        return error.withLock { $0 }
    }
}
