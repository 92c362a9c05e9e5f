import ExperimentPlatform

/// Heartbeats of an experiment's variants, to find one that has fallen silent while the others go on.
///
/// Each variant's share of all events before its silence says how probable it is that none of the events since is its. The
/// same is asked of the silences that are over (``gap(of:dispersion:)``): what was lost then is missing for ever.
public struct VariantHeartbeats: Sendable, Hashable {
    /// A variant's events and what happened since its last one.
    private struct Variant: Hashable {
        var events = 0
        /// All variants' events until this one's last.
        var all = 0
        var eventsOfOthersSince = 0
        /// The others' events on the days since this one's last event.
        var since = [Int]()
        /// The silences that are over.
        var gaps = [Silence]()
    }

    private struct Silence: Hashable {
        let firstDay: Int
        /// The others' events by day.
        let others: [Int]
    }

    /// A silence of a variant that is over.
    public struct Gap: Sendable, Hashable {
        /// First day of the silence, counted from 0.
        public let firstDay: Int
        /// Days of the silence.
        public let days: Int
        /// Test that says how probable the silence is.
        public let test: SilenceTest
        /// The number of silences among which this silence is the least probable.
        public let silences: Int

        /// Whether so long a silence is no chance, one in a million for all silences of the variant together.
        public var isAlarm: Bool { test.exponent > SilenceTest.threshold + log(Double(silences)) }
    }

    private var days = 0

    private var variants: [Variant]

    /// Creates the heartbeats of variants without an event.
    /// - Parameter count: How many variants there are.
    public init(count: Int) { variants = Array(repeating: Variant(), count: count) }

    /// Takes a day into account, the next one.
    /// - Parameter events: The variants' events, in the same order every day.
    public mutating func add(_ events: [Int]) {
        let all = events.reduce(0, +)
        defer { days += 1 }
        for (index, count) in events.enumerated() where index < variants.count {
            if count == 0 {
                variants[index].since.append(all)
            } else if !variants[index].since.isEmpty {
                let since = variants[index].since
                // Before its first event a variant may only be slower.
                if variants[index].events > 0, since.contains(where: { $0 > 0 }) {
                    variants[index].gaps.append(Silence(firstDay: days - since.count, others: since))
                }
                variants[index].since = []
            }
            if count > 0 {
                variants[index].events += count
                variants[index].all += variants[index].eventsOfOthersSince + all
                variants[index].eventsOfOthersSince = 0
            } else {
                variants[index].eventsOfOthersSince += all
            }
        }
    }

    /// The least probable silence of a variant that is over, given what the others and the variant itself had on other days.
    ///
    /// A day counts as what the others' events make expected, and at most as much as the variant's mean day: one unit that
    /// makes hundreds of events on a day makes no gap of all others.
    /// - Parameters:
    ///   - index: Which variant.
    ///   - dispersion: φ of the stream.
    /// - Returns: The silence; nil where there is none.
    public func gap(of index: Int, dispersion: EventDispersion) -> Gap? {
        let variant = variants[index]
        return variant.gaps.compactMap { gap -> Gap? in
            let others = gap.others.reduce(0, +)
            let (rest, active) = (variant.all - others, days - gap.others.count)
            guard variant.events > 0, rest > variant.events, active > 0 else { return nil }
            let share = Double(variant.events) / Double(rest)
            let usual = Double(variant.events) / Double(active) * (1 - share) / share
            let counted = gap.others.reduce(0.0) { $0 + min(Double($1), usual) }
            let test = SilenceTest(eventsOfOthers: Int(counted), share: share, dispersion: dispersion)
            return Gap(
                firstDay: gap.firstDay, days: gap.others.count, test: test, silences: variant.gaps.count)
        }
        .max { $0.test.exponent < $1.test.exponent }
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
