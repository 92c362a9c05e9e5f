import Synchronization
import TestSupport

@testable import ExperimentForwarding

/// A clock that moves only when somebody waits, and chance from a seed.
final class VirtualTime: Sendable {
    private struct State {
        var now: Int64
        var waits: [Duration] = []
        var random: SplitMix
    }

    private let state: Mutex<State>

    init(now: Int64 = 1_795_342_716_000_000, seed: UInt64 = 1) {
        state = Mutex(State(now: now, random: SplitMix(seed: seed)))
    }

    /// The time, in µs since 1970 UTC.
    var now: Int64 { state.withLock { $0.now } }
    /// The lengths of all waits, in order.
    var waits: [Duration] { state.withLock { $0.waits } }

    /// Lets time pass.
    func pass(_ duration: Duration) {
        state.withLock { $0.now += Int64(duration / .microseconds(1)) }
    }

    var timekeeper: Timekeeper {
        Timekeeper(
            now: { self.now },
            sleep: { (duration) async throws(CancellationError) in
                if Task.isCancelled { throw CancellationError() }
                self.state.withLock { state in
                    state.now += Int64(duration / .microseconds(1))
                    state.waits.append(duration)
                }
            },
            random: { self.state.withLock { Double.random(in: 0..<1, using: &$0.random) } })
    }
}
