/// The heartbeat of exposures: how many new units tonight's weekday makes expected, and how long there have been none.
///
/// λ is the mean of the last four same weekdays, times min(1, last 7 nights ÷ the mean week of the last 28), so that an
/// enrolment that fades is followed; A is the sum of the four. Before there are four of that weekday nothing is expected.
/// False in at most 0.1 % for weekdays only, 3 a day, decay and campaigns, where 24 hours without an exposure is so in
/// 100 %; a public holiday of two weekdays is an alarm.
public struct ExposureHeartbeat: Sendable, Hashable {
    /// The days since the last exposure.
    public private(set) var silentDays = [SilenceTest.Day]()
    private var weekdays = [Int]()
    private var exposures = [Int]()
    private var dispersionBefore = EventDispersion()
    private var dispersionWithSilence = EventDispersion()

    /// Creates the heartbeat of a stream that hasn't begun.
    public init() {}

    /// What is expected of the next day.
    /// - Parameter weekday: Its day of the week, 0…6.
    /// - Returns: The exposures expected, and those that the expectation is estimated from.
    public func expectation(weekday: Int) -> SilenceTest.Day {
        let same = weekdays.indices.reversed().lazy.filter { weekdays[$0] == weekday }.prefix(4).map { exposures[$0] }
        let known = same.reduce(0, +)
        let month = exposures.suffix(28).reduce(0, +)
        guard same.count == 4, exposures.count >= 28, month > 0 else {
            return SilenceTest.Day(expected: 0, eventsKnown: known)
        }
        let trend = min(1, 4 * Double(exposures.suffix(7).reduce(0, +)) / Double(month))
        return SilenceTest.Day(expected: Double(known) / 4 * trend, eventsKnown: known)
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
