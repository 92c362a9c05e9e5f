#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The clock, the waiting and the chance of a forwarder, which a test replaces.
package struct Timekeeper: Sendable {
    /// The time, in µs since 1970 UTC.
    package var now: @Sendable () -> Int64
    /// Waits; throws when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws(CancellationError) -> Void
    /// A number of 0..<1.
    package var random: @Sendable () -> Double

    package init(
        now: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (Duration) async throws(CancellationError) -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.sleep = sleep
        self.random = random
    }

    package static let system = Timekeeper(
        now: { Int64(Date.now.timeIntervalSince1970 * 1e6) },
        sleep: { (duration) async throws(CancellationError) in
            do { try await Task.sleep(for: duration) } catch { throw CancellationError() }
        },
        random: { Double.random(in: 0..<1) })
}

/// The wait before a request is tried again.
///
/// Twice as long each time, half of it by chance, so that forwarders that failed together do not come back together.
/// Source: M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015), "equal jitter".
package struct BackOff: Sendable {
    /// The longest wait after the first failure.
    package var base: Duration = .milliseconds(500)
    /// The longest wait of all.
    package var limit: Duration = .seconds(60)

    package init() {}

    /// The wait before the next try.
    /// - Parameters:
    ///   - failures: How often in a row it failed; at least 1.
    ///   - retryAfter: What the receiver asked for, which is kept even where it is longer than the limit.
    ///   - random: A number of 0..<1.
    /// - Returns: The wait.
    package func delay(failures: Int, retryAfter: Duration?, random: Double) -> Duration {
        let doublings = min(failures - 1, 30)
        let longest = min(limit, base * (1 << doublings))
        let delay = longest * (0.5 + random / 2)
        guard let retryAfter, retryAfter > delay else { return delay }
        return retryAfter + base * random
    }
}

/// Lets requests begin no faster than a destination takes them.
package actor Pace {
    private let interval: Int64?
    private let time: Timekeeper
    private var next: Int64 = 0

    package init(requestsPerSecond: Double?, _ time: Timekeeper) {
        interval = requestsPerSecond.flatMap { $0 > 0 ? Int64((1e6 / $0).rounded(.up)) : nil }
        self.time = time
    }

    /// Waits for its turn.
    package func turn() async throws(CancellationError) {
        guard let interval else { return }
        let now = time.now()
        let start = max(now, next)
        next = start + interval
        if start > now { try await time.sleep(.microseconds(start - now)) }
    }
}
