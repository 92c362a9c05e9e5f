#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The id of one recorded row, which no other row of any file ever has.
///
/// A row's number alone would come again after a backup was put back: the rows recorded since then are gone, and their
/// numbers are given to others. Whoever opens the file and records begins an epoch, so what is recorded after the backup
/// has other ids than what was lost. Wherever rows go, to a vendor, into an export or into a merged file, this id goes with
/// them.
public struct RowID: Sendable, Hashable {
    /// The log of the file that the row is in.
    public enum Log: String, Sendable, Hashable, Comparable, CaseIterable {
        /// The log of exposures.
        case exposure
        /// The log of outcomes.
        case outcome
        /// The log of links.
        case link

        private var place: Int {
            switch self {
            case .exposure: 0
            case .outcome: 1
            case .link: 2
            }
        }

        /// Exposures come before outcomes, and both before links.
        public static func < (left: Log, right: Log) -> Bool { left.place < right.place }
    }

    /// The id of the file, drawn when somebody first recorded into the file, so that copies of definitions differ.
    public let file: UUID
    /// Time at which the epoch began that the row was recorded in, in µs since 1970 UTC; 0 for rows older than epochs.
    public let epoch: Int64
    /// The row's log.
    public let log: Log
    /// The row's number in its log; never used again.
    public let number: Int64

    /// Creates an id.
    /// - Parameters:
    ///   - file: The id of the file.
    ///   - epoch: When the epoch began that the row was recorded in, in µs since 1970 UTC.
    ///   - log: The row's log.
    ///   - number: The row's number in its log.
    public init(file: UUID, epoch: Int64, log: Log, number: Int64) {
        self.file = file
        self.epoch = epoch
        self.log = log
        self.number = number
    }

    /// The id as a text of its own, such as `0a1b…-exposure-1767225600000000-1042`: the file, the log, the epoch and the
    /// number.
    public var text: String { "\(file.uuidString.lowercased())-\(name)" }

    /// The id without the file's: the log, the epoch and the number.
    package var name: String { "\(log.rawValue)-\(epoch)-\(number)" }

    /// Reads an id from its text.
    /// - Parameter text: The text, as ``text`` writes it.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map {
            String($0) ?? ""
        }
        guard parts.count == 8, let file = UUID(uuidString: parts[..<5].joined(separator: "-")),
            let log = Log(rawValue: parts[5]), let epoch = Int64(parts[6]), let number = Int64(parts[7])
        else { return nil }
        self.init(file: file, epoch: epoch, log: log, number: number)
        // An id has a single text: no sign, no leading zero.
        guard self.text == text.lowercased() else { return nil }
    }
}
