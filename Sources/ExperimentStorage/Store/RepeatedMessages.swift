import Experimentation
import Logging

/// Logs what happens again and again once a cause and period, with how often it was left out.
struct RepeatedMessages {
    private struct Cause: Hashable {
        let message: Name<RepeatedMessages>
        let reason: Name<RepeatedMessages>
    }

    /// The time for which a cause is not logged again.
    private static let period = Duration.seconds(60)
    /// Reasons may be ever new texts.
    private static let limit = 100

    private let logger: Logger
    private var logged: [Cause: (at: ContinuousClock.Instant, leftOut: Int)] = [:]

    init(_ logger: Logger) { self.logger = logger }

    /// Logs a message with its reason, unless that was done a short while ago.
    mutating func log(
        _ level: Logger.Level, _ message: String, reason: String, at now: ContinuousClock.Instant = .now
    ) {
        let cause = Cause(message: Name(message), reason: Name(reason))
        if let last = logged[cause], now - last.at < Self.period {
            logged[cause] = (last.at, last.leftOut + 1)
            return
        }
        let leftOut = logged[cause]?.leftOut ?? 0
        if logged.count >= Self.limit { logged.removeAll() }
        logged[cause] = (now, 0)
        var metadata: Logger.Metadata = ["reason": "\(reason)"]
        if leftOut > 0 { metadata["repeated"] = "\(leftOut)" }
        logger.log(level: level, "\(message)", metadata: metadata)
    }

    /// The causes are over: the next time is logged at once.
    mutating func forget() { if !logged.isEmpty { logged.removeAll() } }
}
