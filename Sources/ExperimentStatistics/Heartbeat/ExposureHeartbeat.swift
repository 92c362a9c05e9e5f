import ExperimentPlatform

/// The heartbeat of exposures: how many new units tonight's weekday makes expected, and how long there have been none.
///
/// On the first day without an exposure λ is the mean of the last four same weekdays times r = min(1, last 7 nights ÷ the
/// mean week of the last 28), so that an enrolment that fades is followed; A is the sum of the four. Before there are four
/// of that weekday nothing is expected. While the silence lasts, all this is as of the last day with an exposure, and λ
/// goes on to fall by r^(2/3) a week, which is at least as fast as the last weeks fell.
///
/// Taken from the nights of the silence itself, λ would be gone within a week: three a day, or 30 a day that vary ten times
/// as much as Poisson, could stop for ever. So these are found on day 8; and the rule is as quiet: false in at most 0.1 % of
/// 90 nights with weekdays only, 3 a day, any decay, and campaigns of ten times as many, where 24 hours without an exposure
/// is so in nearly all. A public holiday of two weekdays is an alarm, and so is an enrolment that falls to nothing at once.
public struct ExposureHeartbeat: Sendable, Hashable {
    /// The days since the last exposure.
    public private(set) var silentDays = [SilenceTest.Day]()
    private var weekdays = [Int]()
    private var exposures = [Int]()
    private var dispersionBefore = EventDispersion()
    private var dispersionWithSilence = EventDispersion()

    /// Creates the heartbeat of a stream that hasn't begun.
    public init() {}

    /// Expectation of the next day: how many exposures.
    /// - Parameter weekday: Its day of the week, 0…6.
    /// - Returns: The exposures expected, and those that the expectation is estimated from.
    public func expectation(weekday: Int) -> SilenceTest.Day {
        let before = exposures.dropLast(silentDays.count)
        let same = before.indices.reversed().lazy.filter { weekdays[$0] == weekday }.prefix(4).map { exposures[$0] }
        let known = same.reduce(0, +)
        let month = before.suffix(28).reduce(0, +)
        guard same.count == 4, before.count >= 28, month > 0 else {
            return SilenceTest.Day(expected: 0, eventsKnown: known)
        }
        let trend = min(1, 4 * Double(before.suffix(7).reduce(0, +)) / Double(month))
        guard trend > 0 else { return SilenceTest.Day(expected: 0, eventsKnown: known) }
        // The last week lies one and a half weeks behind the middle of the four.
        let decay = exp(log(trend) * Double(silentDays.count) / 7 * 2 / 3)
        return SilenceTest.Day(expected: Double(known) / 4 * trend * decay, eventsKnown: known)
    }

    /// Takes a day into account, the next one.
    /// - Parameters:
    ///   - exposures: The units first exposed on it.
    ///   - weekday: Its day of the week, 0…6.
    public mutating func add(exposures: Int, weekday: Int) {
        let expectation = expectation(weekday: weekday)
        if self.exposures.count + 1 >= EventHeartbeat.firstNightOfDispersion {
            dispersionWithSilence.add(events: exposures, expected: expectation.expected)
        }
        if exposures == 0 {
            silentDays.append(expectation)
        } else {
            silentDays = []
            dispersionBefore = dispersionWithSilence
        }
        weekdays.append(weekday)
        self.exposures.append(exposures)
    }

    /// The silence since the last exposure; its exponent is 0 where there is none.
    public var silence: SilenceTest { SilenceTest(days: silentDays, dispersion: dispersionBefore) }
}
