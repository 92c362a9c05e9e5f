/// Why nothing is sent to a destination for now; every row that was not taken stays to be sent.
public enum DeliveryStop: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The key is missing, wrong, or not allowed to do this: the HTTP status.
    case unauthorized(status: Int)
    /// The address or the region is wrong: the HTTP status.
    case wrongAddress(status: Int)
    /// The plan's quota is used up, or is not paid for.
    case overQuota
    /// The destination refuses everything that is sent to it, so it is not about single rows: the HTTP status.
    case refusesEverything(status: Int)
    /// The destination answers, but not as such a destination does.
    case unreadableAnswer
    /// The destination could not be reached, or was too busy, for longer than was to be waited.
    case unavailable(TransportFailure?)
    /// Another process forwards to the same destination.
    case movedByAnother

    /// A sentence on what happened and what to do, without keys, addresses or user data.
    public var description: String {
        switch self {
        case .unauthorized(let status): "its key is refused (HTTP \(status)): look at the key and what it may do"
        case .wrongAddress(let status):
            "nothing is there to send to (HTTP \(status)): look at the address and the region"
        case .overQuota: "its quota is used up: what is recorded is sent when there is room again"
        case .refusesEverything(let status):
            "it refuses whatever is sent (HTTP \(status)): look at the key, the address and the kind of destination"
        case .unreadableAnswer: "it answers what no such destination does: look at the address"
        case .unavailable(let failure?): "it cannot be reached (\(failure.rawValue)); what is recorded is sent later"
        case .unavailable(nil): "it is too busy; what is recorded is sent later"
        case .movedByAnother:
            "its place in the file has moved: another process forwards to it, where one is enough, or rows were skipped"
        }
    }
}

/// The reason why a request got no answer.
public enum TransportFailure: String, Error, Sendable, Hashable, Codable {
    /// Nothing came in time.
    case timedOut = "timed out"
    /// No connection was made: no such host, nothing listens, no route.
    case unreachable = "no connection"
    /// The connection ended before the answer did; what was sent may have been taken.
    case reset = "connection lost"
    /// The certificate is not one to trust, or the other side speaks no TLS.
    case insecure = "TLS failed"
    /// The answer was no HTTP.
    case malformed = "no HTTP"
}
