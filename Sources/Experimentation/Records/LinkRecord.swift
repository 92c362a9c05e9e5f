#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A session and a user are one person, as a login tells.
///
/// Whether an experiment goes by it is its ``Identity``.
public struct LinkRecord: Sendable, Hashable {
    /// The session's id: 1 to 1,024 bytes without U+0000.
    public var sessionID: UnitID
    /// The user's id, by the same rules.
    public var userID: UnitID
    /// Time at which the link became known: µs since 1970 UTC, within the years 1970 to 9999.
    public var timestampMicroseconds: Int64

    /// Creates a link.
    /// - Parameters:
    ///   - sessionID: The session's id.
    ///   - userID: The user's id.
    ///   - timestamp: When it became known; rounded to the nearest microsecond.
    public init(sessionID: String, userID: String, timestamp: Date) {
        self.init(
            sessionID: UnitID(sessionID), userID: UnitID(userID), timestampMicroseconds: timestamp.microsecondsSince1970
        )
    }

    /// Creates a link of names, with an exact time.
    /// - Parameters:
    ///   - sessionID: The session's id.
    ///   - userID: The user's id.
    ///   - timestampMicroseconds: When it became known, in µs since 1970 UTC.
    public init(sessionID: UnitID, userID: UnitID, timestampMicroseconds: Int64) {
        self.sessionID = sessionID
        self.userID = userID
        self.timestampMicroseconds = timestampMicroseconds
    }

    /// Time at which the link became known.
    public var timestamp: Date {
        get { Date(microsecondsSince1970: timestampMicroseconds) }
        set { timestampMicroseconds = newValue.microsecondsSince1970 }
    }
}
