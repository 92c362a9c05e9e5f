import ExperimentPlatform

/// From which day on times are cut: days in a row on which nearly all outcomes lie at full hours, where on others they don't.
///
/// A program that is updated cuts the times of what it records from then on, to the day or to the hour. The days of the run are
/// as improbable as a binomial tail is at most (Chernoff): exp(−n·KL(s ‖ p)), n their outcomes, s the share at full hours and p
/// that of all other days, with one more in numerator and denominator. Found at one in a million for all D² runs that D days have.
///
/// Five days at least, since on a long weekend nothing but a batch of each midnight may come; and p below a half.
public struct CutDays: Sendable, Hashable {
    /// From so many outcomes on it is no chance that nearly all of them lie at full hours.
    public static let fewestOutcomes = 20
    /// Nearly all: some may come from another program, which does not cut.
    public static let share = 0.9
    private static let fewestDays = 5
    private static let usualShare = 0.5

    /// A day with outcomes.
    public struct Day: Sendable, Hashable {
        /// Its number.
        public let number: Int
        /// Its outcomes.
        public let outcomes: Int
        /// Those at full hours, to the microsecond.
        public let atFullHours: Int

        /// Creates a day.
        /// - Parameters:
        ///   - number: Its number.
        ///   - outcomes: Its outcomes, at least one.
        ///   - atFullHours: Those at full hours.
        public init(number: Int, outcomes: Int, atFullHours: Int) {
            self.number = number
            self.outcomes = outcomes
            self.atFullHours = atFullHours
        }
    }

    /// The number of the first day of the run; nil where times are not cut, or are on all days.
    public let firstDay: Int?

    /// Looks for a run.
    /// - Parameter days: The days that have outcomes, in order.
    public init(_ days: [Day]) {
        var (best, run) = (days[..<0], days[..<0])
        for (place, day) in days.enumerated() {
            let isCut = Double(day.atFullHours) >= Self.share * Double(day.outcomes)
            run = isCut ? days[(run.isEmpty ? place : run.startIndex)...place] : days[..<0]
            if Self.sum(run, \.outcomes) > Self.sum(best, \.outcomes) { best = run }
        }
        let (count, full) = (Self.sum(best, \.outcomes), Self.sum(best, \.atFullHours))
        let usual =
            Double(Self.sum(days[...], \.atFullHours) - full + 1) / Double(Self.sum(days[...], \.outcomes) - count + 1)
        let isRun = best.count >= Self.fewestDays && count >= Self.fewestOutcomes && usual < Self.usualShare
        let (n, share) = (Double(count), Double(full) / Double(max(1, count)))
        let rest = share < 1 ? (1 - share) * log((1 - share) / (1 - usual)) : 0
        let exponent = isRun ? n * (share * log(share / usual) + rest) : 0
        let isFound = exponent > SilenceTest.threshold + 2 * log(Double(max(1, days.count)))
        firstDay = isFound ? best.first?.number : nil
    }

    private static func sum(_ days: ArraySlice<Day>, _ value: (Day) -> Int) -> Int { days.reduce(0) { $0 + value($1) } }
}
