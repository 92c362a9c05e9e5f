import ExperimentPlatform

/// Whether a stream of events has stopped: how improbable it is that days on which events were expected had none.
///
/// A silent run adds up to x = Σ A·ln(1 + λ/A)/φ over its days: λ events expected on a day, A the events that λ was
/// estimated from, φ how much more than Poisson the stream varies. exp(−x) is the probability of no event where the rate
/// has a gamma distribution (gamma–Poisson): little is known from few events. For an over-dispersed stream, −ln P(0) of a
/// negative binomial is λ·ln φ/(φ − 1), at least λ/φ. An alarm at x > ln 10⁶.
///
/// A variant given the others: x = −Y/φ·ln(1 − share), Y the others' events since its last one and the share its part of
/// all events before. Where the ages of units are known, ``VariantHeartbeats`` says what to expect instead, since a variant
/// that is only faster has no share in what old units do.
public struct SilenceTest: Sendable, Hashable {
    /// The exponent beyond which silence is an alarm, ln 10⁶.
    public static let threshold = 6 * log(10)

    /// A day without an event.
    public struct Day: Sendable, Hashable {
        /// The events expected, λ.
        public let expected: Double
        /// The events that λ was estimated from, A.
        public let eventsKnown: Int

        /// Creates a day.
        /// - Parameters:
        ///   - expected: The events expected, at least 0.
        ///   - eventsKnown: The events that the expectation was estimated from.
        public init(expected: Double, eventsKnown: Int) {
            self.expected = expected
            self.eventsKnown = eventsKnown
        }
    }

    /// The sum x.
    public let exponent: Double
    /// How many events were expected since the last one: of the stream, or of the variant as its share of the others'.
    public let expectedEvents: Double
    /// φ.
    public let dispersion: Double

    /// Tests a silent run.
    /// - Parameters:
    ///   - days: The days without an event.
    ///   - dispersion: φ of the stream.
    public init(days: [Day], dispersion: EventDispersion) {
        var (sum, events) = (0.0, 0.0)
        for day in days where day.eventsKnown > 0 {
            let known = Double(day.eventsKnown)
            sum += known * log1p(day.expected / known)
            events += day.expected
        }
        exponent = sum / dispersion.value
        expectedEvents = events
        self.dispersion = dispersion.value
    }

    /// Tests the silence of one variant given the others.
    /// - Parameters:
    ///   - eventsOfOthers: The others' events since the variant's last one, Y.
    ///   - share: The variant's share of all events before its silence, in 0…1, 1 excluded.
    ///   - dispersion: φ of the stream.
    public init(eventsOfOthers: Int, share: Double, dispersion: EventDispersion) {
        exponent = -Double(eventsOfOthers) / dispersion.value * log1p(-share)
        expectedEvents = Double(eventsOfOthers) * share / (1 - share)
        self.dispersion = dispersion.value
    }

    /// Tests a silence as a whole.
    /// - Parameters:
    ///   - expected: The events expected, λ.
    ///   - known: From how many events that is estimated, A.
    ///   - dispersion: φ of the stream.
    init(expected: Double, known: Double, dispersion: EventDispersion) {
        exponent = known > 0 ? known * log1p(expected / known) / dispersion.value : 0
        expectedEvents = expected
        self.dispersion = dispersion.value
    }

    /// The logarithm of the probability of such a silence.
    public var logPValue: Double { -exponent }

    /// Whether the silence is an alarm: one in a million.
    public var isAlarm: Bool { exponent > Self.threshold }
}

/// How much more than Poisson a stream of events varies from day to day: φ = max(1, mean of (y − λ)²/λ).
///
/// Over the days on which something was expected; 3 while there are fewer than seven of them.
public struct EventDispersion: Sendable, Hashable {
    private var sum = 0.0
    private var days = 0
    private var known: Double?

    /// Creates the dispersion of no day.
    public init() {}

    /// Creates a dispersion that is known.
    /// - Parameter value: φ; less than 1 is taken as 1.
    public init(known value: Double) { known = value }

    /// Adds a day.
    /// - Parameters:
    ///   - events: The events there were.
    ///   - expected: The events expected; a day on which none were doesn't count.
    public mutating func add(events: Int, expected: Double) {
        guard expected > 0 else { return }
        let distance = Double(events) - expected
        sum += distance * distance / expected
        days += 1
    }

    /// φ, at least 1.
    public var value: Double { max(1, known ?? (days < 7 ? 3 : sum / Double(days))) }
}
