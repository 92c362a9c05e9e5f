/// Shares of an experiment's level where several treatments, goals and guardrails are looked at every night.
///
/// With K treatments each asks for its goal at α/K; else one of seven treatments without an effect wins in 12 % of
/// experiments (at α/K: 1.2 to 1.7 %). "Every guardrail holds" needs no share for the guardrails, since all must hold, but
/// α/K like the goal: a true win with a guardrail at its margin would ship in 5.7 % of seven-treatment experiments at α
/// each, in 1.1 % at α/K. "Some guardrail is broken" is asked K·G times: α/(K·G), 1.6 % instead of 15.8 %.
///
/// Source: O. J. Dunn, "Multiple Comparisons among Means", Journal of the American Statistical Association 56 (1961).
public struct LevelShares: Sendable, Hashable {
    /// The level of the experiment, α.
    public let level: Double
    /// The treatments, K.
    public let treatments: Int
    /// The guardrails, G.
    public let guardrails: Int

    /// Creates shares.
    /// - Parameters:
    ///   - level: The level of the experiment, in 0…1, ends excluded.
    ///   - treatments: The treatments; fewer than one count as one.
    ///   - guardrails: The guardrails; fewer than one count as one.
    public init(level: Double = 0.05, treatments: Int, guardrails: Int = 0) {
        self.level = level
        self.treatments = max(1, treatments)
        self.guardrails = max(1, guardrails)
    }

    /// The level at which a goal is better or worse, α/K.
    public var goal: Double { level / Double(treatments) }

    /// The level at which a guardrail holds, α/K.
    public var guardrailHolds: Double { level / Double(treatments) }

    /// The level at which a guardrail is broken, α/(K·G).
    public var guardrailBroken: Double { level / Double(treatments * guardrails) }

    /// The smallest level in use, for which the guard on skewness is asked.
    public var smallest: Double { guardrailBroken }
}

/// Shares of the level of alarms about the data: one in a thousand an experiment, for its whole life.
///
/// A fifth each to the five kinds of check, and each fifth over the tests of its kind. Any false alarm in 60 nights, 8
/// metrics and 2 treatments: 1 of 30,000 experiments.
public struct TrustShares: Sendable, Hashable {
    /// A kind of check.
    public enum Check: String, Sendable, Hashable, CaseIterable {
        /// The split over all units: a single test, ``SplitTest``.
        case split
        /// The split in cells, as many tests as cells seen so far: ``SplitTest/isAlarm(level:cells:)``.
        case cells
        /// The metrics from before the exposure, each treatment: ``BalanceTest``.
        case imbalance
        /// The shares of discarded units, of crossover units and, where outcomes are found by links, of linked units, each
        /// treatment: ``ShareBalanceTest``.
        case discards
        /// The shares of units that a metric leaves out, each such metric and treatment: ``ShareBalanceTest``.
        case unitsLeftOut = "units_left_out"
    }

    /// The level of all checks together.
    public let level: Double

    /// Creates shares.
    /// - Parameter level: The level of all checks together, in 0…1, ends excluded.
    public init(level: Double = 0.001) { self.level = level }

    /// The level of a single test.
    /// - Parameters:
    ///   - check: Its kind.
    ///   - tests: How many tests of the kind there have been so far, on any night; never fewer.
    /// - Returns: A fifth of the level over the tests.
    public func level(of check: Check, tests: Int = 1) -> Double {
        level / Double(Check.allCases.count * max(1, tests))
    }
}
