/// Analysis of the units that an experiment needs, and of what it can find with those it has.
///
/// For the two-sided z test, which Welch's test is at such sizes. Source: J. Cohen, "Statistical Power Analysis for the
/// Behavioral Sciences" (1988); for the relative effect the equation of Fieller's interval, solved for the effect.
public struct PowerAnalysis: Sendable, Hashable {
    /// The confidence of the test, in 0…1, ends excluded.
    public let confidence: Double
    /// The wanted probability of finding the effect, in 0…1, ends excluded.
    public let power: Double

    /// Creates an analysis.
    /// - Parameters:
    ///   - confidence: The confidence of the test, in 0…1, ends excluded.
    ///   - power: The wanted probability of finding the effect, in 0…1, ends excluded.
    public init(confidence: Double = 0.95, power: Double = 0.8) {
        self.confidence = confidence
        self.power = power
    }

    /// The critical value of the fixed-horizon test.
    public var critical: Double { Normal.quantile(upperTail: (1 - confidence) / 2) }

    /// The probability of finding a difference.
    /// - Parameters:
    ///   - difference: The true difference.
    ///   - standardError: The standard error of its estimate, positive.
    ///   - critical: The critical value; that of a ``ConfidenceSequence`` gives the power of a single look, a lower bound.
    /// - Returns: A probability.
    public func power(difference: Double, standardError: Double, critical: Double? = nil) -> Double {
        let critical = critical ?? self.critical
        let distance = abs(difference) / standardError
        return Normal.upperTail(critical - distance) + Normal.upperTail(critical + distance)
    }

    /// The smallest difference found with the wanted probability.
    /// - Parameters:
    ///   - standardError: The standard error of the difference.
    ///   - critical: The critical value; that of a ``ConfidenceSequence`` for a single look of it.
    /// - Returns: A positive difference; 0 where the wanted power isn't above that of no difference.
    public func minimumDetectableDifference(standardError: Double, critical: Double? = nil) -> Double {
        // At the upper bound the nearer tail alone has the wanted power; the other tail only adds to it.
        var upper = max(0, distance(critical))
        var lower = 0.0
        for _ in 0..<100 where upper - lower > upper.ulp {
            let middle = 0.5 * (lower + upper)
            let found = power(difference: middle, standardError: 1, critical: critical)
            if found < power { lower = middle } else { upper = middle }
        }
        return upper * standardError
    }

    /// The smallest lift found with the wanted probability, the noise of the control's mean included.
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatmentCount: The treatment's units, of the same variance.
    ///   - critical: The critical value; that of a ``ConfidenceSequence`` for a single look of it.
    /// - Returns: A positive lift, or nil where the control's mean can't be told from 0 with such power.
    public func minimumDetectableLift(control: Aggregate, treatmentCount: Int, critical: Double? = nil) -> Double? {
        guard let variance = control.variance, control.mean != 0, treatmentCount > 0 else { return nil }
        let distance = distance(critical)
        let relative = distance * distance * variance / control.mean / control.mean
        let first = relative / Double(control.count)
        let second = relative / Double(treatmentCount)
        guard first < 1 else { return nil }
        // (1 + √(1 − (1 − first)(1 − second)))/(1 − first) − 1, without subtracting from 1.
        let lift = (first + max(0, first + second - first * second).squareRoot()) / (1 - first)
        return lift.isFinite ? lift : nil
    }

    /// The units that the control needs to find a difference, (z + z′)²·(s_C² + s_T²/r)/δ².
    /// - Parameters:
    ///   - difference: The difference to find, not 0.
    ///   - controlVariance: The sample variance of the control's units.
    ///   - treatmentVariance: That of the treatment's.
    ///   - ratio: The treatment's units for each of the control's.
    /// - Returns: A number to round up, infinite for no difference.
    public func controlUnits(
        difference: Double, controlVariance: Double, treatmentVariance: Double, ratio: Double = 1
    ) -> Double {
        let distance = distance(nil)
        return distance * distance * (controlVariance + treatmentVariance / ratio) / difference / difference
    }

    /// The days until there are enough units at the current traffic.
    /// - Parameters:
    ///   - needed: The units needed.
    ///   - have: The units there are.
    ///   - daily: New units a day, recently.
    /// - Returns: 0 when there are enough, nil when there never will be.
    public static func daysLeft(needed: Double, have: Double, daily: Double) -> Double? {
        if have >= needed { return 0 }
        let days = (needed - have) / daily
        return days > 0 && days.isFinite ? days : nil
    }

    /// z_(1−α/2) + z_power: the true difference in standard errors that the nearer tail finds with the wanted power.
    private func distance(_ critical: Double?) -> Double {
        (critical ?? self.critical) - Normal.quantile(upperTail: power)
    }
}
