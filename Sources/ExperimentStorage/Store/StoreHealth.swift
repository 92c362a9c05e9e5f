public import Experimentation
import Synchronization

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The health of a store: whether what is recorded reaches the file.
public enum StoreHealth: Sendable, Hashable {
    /// Records are written.
    case writing
    /// Batches fail since a moment, and the next may succeed: the disk is full, or somebody holds the file.
    case failing(since: Date, BackendFailure)
    /// Nothing is written any more until the file is opened again; every record is refused.
    case stopped(BackendFailure)
    /// The store was closed.
    case closed

    /// Whether records are written.
    public var isWriting: Bool { self == .writing }

    /// Why records are not written; nil while they are, and after closing.
    public var failure: BackendFailure? {
        switch self {
        case .writing, .closed: nil
        case .failing(_, let failure), .stopped(let failure): failure
        }
    }

    /// A word for logs and health checks: `writing`, `failing`, `stopped` or `closed`.
    public var name: String {
        switch self {
        case .writing: "writing"
        case .failing: "failing"
        case .stopped: "stopped"
        case .closed: "closed"
        }
    }
}

/// Knows how a store is, and tells whoever asked to be told.
final class HealthMonitor: Sendable {
    private struct State {
        var health = StoreHealth.writing
        var listeners: [Int: AsyncStream<StoreHealth>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())
    private let metrics: StoreMetrics

    init(_ metrics: StoreMetrics) {
        self.metrics = metrics
        metrics.isWritable(true)
    }

    var health: StoreHealth { state.withLock { $0.health } }

    /// Whether batches fail, and the next may succeed.
    var isFailing: Bool { if case .failing = health { true } else { false } }

    /// The present health, and every other one from now on; ends after ``StoreHealth/closed``.
    func changes() -> AsyncStream<StoreHealth> {
        // Only how it is by now is of use to a slow listener.
        let (stream, continuation) = AsyncStream.makeStream(of: StoreHealth.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { state in
            continuation.yield(state.health)
            if state.health == .closed { return continuation.finish() }
            let number = state.next
            state.next += 1
            state.listeners[number] = continuation
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
            }
        }
        return stream
    }

    /// Batches are written.
    func isWriting() { change { if case .failing = $0 { .writing } else { nil } } }

    /// A batch failed.
    func fails(_ failure: BackendFailure) {
        change { health in
            switch health {
            case .writing: .failing(since: Date.now, failure)
            case .failing(let since, _): .failing(since: since, failure)
            case .stopped, .closed: nil
            }
        }
    }

    func stops(_ failure: BackendFailure) { change { if case .closed = $0 { nil } else { .stopped(failure) } } }

    func closes() { change { $0 == .closed ? nil : .closed } }

    private func change(_ next: (StoreHealth) -> StoreHealth?) {
        let (health, listeners) = state.withLock { state -> (StoreHealth?, [AsyncStream<StoreHealth>.Continuation]) in
            guard let health = next(state.health) else { return (nil, []) }
            state.health = health
            return (health, Array(state.listeners.values))
        }
        guard let health else { return }
        metrics.isWritable(health.isWriting)
        // Outside the lock: ending a stream takes its listener off.
        for listener in listeners {
            listener.yield(health)
            if health == .closed { listener.finish() }
        }
    }
}
