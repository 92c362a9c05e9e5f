public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension ExperimentStore {
    /// Records that a session and a user are one person, and suspends until it is durable; what a login tells.
    ///
    /// Records that carry both ids say so by themselves. The link counts in experiments whose
    /// ``Experimentation/Identity`` is not strict, for outcomes from before it and after it.
    /// - Parameters:
    ///   - sessionID: The session's id: 1 to 1,024 bytes without U+0000.
    ///   - userID: The user's id, by the same rules.
    ///   - timestamp: When it became known; now by default.
    /// - Throws: As ``recordExposure(_:)``.
    public func link(sessionID: String, userID: String, at timestamp: Date = .now) async throws(ExperimentError) {
        try await record(LinkRecord(sessionID: sessionID, userID: userID, timestamp: timestamp))
    }
}
