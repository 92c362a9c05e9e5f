import Crypto

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The id of one recorded row, which no other row of any file ever has.
///
/// A row's number alone would come again after a backup was put back: the rows recorded since then are gone, and their
/// numbers are given to others. Every opening of the file by an owner begins an epoch, so what is recorded after the
/// backup has other ids than what was lost.
public struct RowID: Sendable, Hashable {
    /// Which log of the file the row is in.
    public enum Log: String, Sendable, Hashable, Comparable, CaseIterable {
        /// The log of exposures.
        case exposure
        /// The log of outcomes.
        case outcome

        /// Exposures come before outcomes.
        public static func < (left: Log, right: Log) -> Bool { left == .exposure && right == .outcome }
    }

    /// The id of the file, made with it.
    public let file: UUID
    /// How many owners have opened the file up to the one that recorded the row, which counts.
    public let epoch: Int64
    /// The row's log.
    public let log: Log
    /// The row's number in its log; never used again.
    public let number: Int64

    /// Creates an id.
    /// - Parameters:
    ///   - file: The id of the file.
    ///   - epoch: The number of the opening that recorded the row.
    ///   - log: The row's log.
    ///   - number: The row's number in its log.
    public init(file: UUID, epoch: Int64, log: Log, number: Int64) {
        self.file = file
        self.epoch = epoch
        self.log = log
        self.number = number
    }

    /// The id as a text of its own, such as `0a1b…-exposure-3-1042`: the file, the log, the epoch and the number.
    public var text: String { "\(file.uuidString.lowercased())-\(name)" }

    /// The id as a UUID, for receivers that know a repeat by one: the same in every process and at every attempt.
    ///
    /// Source: RFC 9562, section 5.5 (version 5): SHA-1 of the file's id and the rest of the row's.
    public var uuid: UUID {
        var hash = Insecure.SHA1()
        withUnsafeBytes(of: file.uuid) { hash.update(bufferPointer: $0) }
        hash.update(data: Array(name.utf8))
        var bytes = uuid_t(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &bytes) { target in
            for (index, byte) in hash.finalize().prefix(16).enumerated() { target[index] = byte }
            target[6] = target[6] & 0x0f | 0x50
            target[8] = target[8] & 0x3f | 0x80
        }
        return UUID(uuid: bytes)
    }

    private var name: String { "\(log.rawValue)-\(epoch)-\(number)" }
}
