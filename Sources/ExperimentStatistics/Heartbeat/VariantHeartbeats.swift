/// Which variant has fallen silent while the others go on.
///
/// Each variant's share of all events before its silence says how probable it is that none of the events since is its.
public struct VariantHeartbeats: Sendable, Hashable {
    /// A variant's events and what happened since its last one.
    private struct Variant: Hashable {
        var events = 0
        /// All variants' events until this one's last.
        var all = 0
        var eventsOfOthersSince = 0
    }

    private var variants: [Variant]

    /// Creates the heartbeats of variants without an event.
    /// - Parameter count: How many variants there are.
    public init(count: Int) { variants = Array(repeating: Variant(), count: count) }

    /// Takes a day into account, the next one.
    /// - Parameter events: The variants' events, in the same order every day.
    public mutating func add(_ events: [Int]) {
        let all = events.reduce(0, +)
        for (index, count) in events.enumerated() where index < variants.count {
            if count > 0 {
                variants[index].events += count
                variants[index].all += variants[index].eventsOfOthersSince + all
                variants[index].eventsOfOthersSince = 0
            } else {
                variants[index].eventsOfOthersSince += all
            }
        }
    }

    /// The silence of a variant given the others.
    /// - Parameters:
    ///   - index: Which variant.
    ///   - dispersion: φ of the stream.
    /// - Returns: A test; nil for a variant that never had an event, of which no share is known, or had all.
    public func silence(of index: Int, dispersion: EventDispersion) -> SilenceTest? {
        let variant = variants[index]
        guard variant.events > 0, variant.events < variant.all else { return nil }
        return SilenceTest(
            eventsOfOthers: variant.eventsOfOthersSince, share: Double(variant.events) / Double(variant.all),
            dispersion: dispersion)
    }
}
