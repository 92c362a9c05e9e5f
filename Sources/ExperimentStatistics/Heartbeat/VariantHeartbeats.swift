import ExperimentPlatform

/// Which variant has fallen silent while the others go on.
///
/// On a day of the silence the variant is expected to have λ = Σ_a u_a·h_a events, u_a its units of an age and h_a what its
/// units of that age did on all other days, times the others' events over what their own ages make expected of them. Over the
/// silence that is at most Σ λ, so that one unit of another variant that makes hundreds of events silences nobody. It is told by
/// the variant's events, each as much as its age counts, and by the others' (A: 1/A = 1/A_own + 1/Y), and is as improbable as
/// ``SilenceTest`` says.
///
/// Ages, since a variant may only be faster: once nobody enters any more its units have done what they do, and those of a slower
/// one have not. By its share of all events alone such a variant would cry in nine of ten experiments whose enrolment has ended.
///
/// The same is asked of the silences that are over (``gap(of:dispersion:)``): what was lost then is missing for ever.
public struct VariantHeartbeats: Sendable, Hashable {
    /// A variant's days and what they add up to.
    private struct Variant: Hashable {
        var days = [EventHeartbeat.Day]()
        var rates = AgeRates()
        /// What the days since its last event add up to.
        var since = AgeRates()
        /// The first day since its last event.
        var silentFrom = 0
        var events = 0
        /// The silences that are over, before which it had an event.
        var gaps = [Range<Int>]()

        /// Takes a day into account, and where it ends a silence keeps that, if others had events meanwhile.
        mutating func add(_ day: EventHeartbeat.Day, at place: Int, hadEvents: (Int) -> Bool) {
            days.append(day)
            rates.add(day)
            guard day.events > 0 else { return since.add(day) }
            // Before its first event a variant may only be slower.
            if events > 0, (silentFrom..<place).contains(where: hadEvents) { gaps.append(silentFrom..<place) }
            events += day.events
            since = AgeRates()
            silentFrom = place + 1
        }
    }

    /// A silence of a variant that is over.
    public struct Gap: Sendable, Hashable {
        /// Its first day, counted from 0.
        public let firstDay: Int
        /// Its days.
        public let days: Int
        /// How probable it is.
        public let test: SilenceTest
        /// The number of silences among which this silence is the least probable.
        public let silences: Int

        /// Whether so long a silence is no chance, one in a million for all silences of the variant together.
        public var isAlarm: Bool { test.exponent > SilenceTest.threshold + log(Double(silences)) }
    }

    private var variants: [Variant]
    private var all = AgeRates()
    /// The events of all variants by day.
    private var events = [Int]()

    /// Creates the heartbeats of variants without an event.
    /// - Parameter count: How many variants there are.
    public init(count: Int) { variants = Array(repeating: Variant(), count: count) }

    /// Takes a day into account, the next one.
    /// - Parameter day: The variants' units and events of that day, in the same order every day.
    public mutating func add(_ day: [EventHeartbeat.Day]) {
        let place = events.count
        events.append(day.reduce(0) { $0 + $1.events })
        let events = events
        for (index, own) in day.enumerated() where index < variants.count {
            all.add(own)
            variants[index].add(own, at: place) { events[$0] > 0 }
        }
    }

    /// The silence of a variant given the others.
    /// - Parameters:
    ///   - index: Which variant.
    ///   - dispersion: φ of the stream.
    /// - Returns: A test; nil for a variant that never had an event, of which nothing is known, or had all.
    public func silence(of index: Int, dispersion: EventDispersion) -> SilenceTest? {
        let variant = variants[index]
        guard variant.events > 0, variant.events < events.reduce(0, +) else { return nil }
        return test(index, variant.silentFrom..<events.count, without: variant.since, dispersion)
    }

    /// The least probable silence of a variant that is over, given what the others and the variant itself did on other days.
    /// - Parameters:
    ///   - index: Which variant.
    ///   - dispersion: φ of the stream.
    /// - Returns: The silence; nil where there is none.
    public func gap(of index: Int, dispersion: EventDispersion) -> Gap? {
        let variant = variants[index]
        return variant.gaps.map { days -> Gap in
            var rates = AgeRates()
            for day in days { rates.add(variant.days[day]) }
            return Gap(
                firstDay: days.lowerBound, days: days.count, test: test(index, days, without: rates, dispersion),
                silences: variant.gaps.count)
        }
        .max { $0.test.exponent < $1.test.exponent }
    }

    /// Tests a silence by the variant's rates on other days: all but those that add up to `silent`.
    private func test(
        _ index: Int, _ days: Range<Int>, without silent: AgeRates, _ dispersion: EventDispersion
    ) -> SilenceTest {
        let own = variants[index].rates.subtracting(silent)
        let others = all.subtracting(variants[index].rates)
        var weights = [Double](repeating: 0, count: EventHeartbeat.oldestAge + 1)
        var (eventsOfOthers, most) = (0, 0.0)
        for day in days {
            let usual = variants.indices.reduce(0.0) {
                $1 == index ? $0 : $0 + others.expected(variants[$1].days[day].unitsByAge)
            }
            guard usual > 0 else { continue }
            let factor = Double(events[day]) / usual
            eventsOfOthers += events[day]
            most += own.expected(variants[index].days[day].unitsByAge)
            for (age, count) in variants[index].days[day].unitsByAge.enumerated() {
                weights[age] += factor * Double(count)
            }
        }
        let expected = own.expected(weights: weights)
        guard eventsOfOthers > 0, expected.known > 0 else {
            return SilenceTest(expected: 0, known: 0, dispersion: dispersion)
        }
        return SilenceTest(
            expected: min(expected.events, most), known: 1 / (1 / expected.known + 1 / Double(eventsOfOthers)),
            dispersion: dispersion)
    }
}
