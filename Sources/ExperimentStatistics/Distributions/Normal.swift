import ExperimentPlatform

/// The standard normal distribution.
///
/// Tails are asked for as tails and never as 1 − F, so a probability of 1e-300 keeps its digits.
public enum Normal {
    /// The density at a point.
    /// - Parameter z: Any finite number.
    /// - Returns: exp(−z²/2)/√2π.
    public static func density(_ z: Double) -> Double {
        let square = z * z
        guard square.isFinite else { return 0 }
        // What z² loses to rounding would cost a thousand times as much after exp.
        let rounding = (-square).addingProduct(z, z)
        return exp(-0.5 * square) * (1 - 0.5 * rounding) / (2 * Double.pi).squareRoot()
    }

    /// The unit normal loss function E max(0, −z − Z) = φ(z) − z·P(Z > z): what is lost on average below 0 by something
    /// that is z standard deviations above it.
    ///
    /// Its two terms cancel far out; from z = 5 on the continued fraction of Mills' ratio gives what is left.
    /// - Parameter z: Any finite number.
    /// - Returns: A positive number.
    public static func unitLoss(_ z: Double) -> Double {
        if z < 5 { return density(z) - z * upperTail(z) }
        let fraction = millsFraction(z)
        return density(z) * fraction / (z + fraction)
    }

    /// The probability above a point, P(Z > z) = ½ erfc(z/√2).
    ///
    /// Relative error below 1e-15 down to the smallest normal number. 1/√2 is taken as two doubles, since the rounding
    /// of z/√2 alone costs 1e-13 at z = 35.
    /// - Parameter z: The point; infinities are legal.
    /// - Returns: A probability.
    public static func upperTail(_ z: Double) -> Double {
        guard z.isFinite else { return z < 0 ? 1 : 0 }
        let high = 0.7071067811865476
        let low = -4.833646656726457e-17
        let scaled = z * high
        let rounding = (-scaled).addingProduct(z, high) + z * low
        return 0.5 * complementaryError(scaled, plus: rounding)
    }

    /// The natural logarithm of ``upperTail(_:)``, also where the probability itself underflows.
    ///
    /// From z = 5 on ln P = −z²/2 − ½ ln 2π + ln of Mills' ratio. Relative error below 1e-14.
    /// - Parameter z: The point; infinities are legal.
    /// - Returns: At most 0.
    public static func logUpperTail(_ z: Double) -> Double {
        guard z.isFinite else { return z < 0 ? 0 : -.infinity }
        if z < 0 { return log1p(-upperTail(-z)) }
        if z < 5 { return log(upperTail(z)) }
        return -0.5 * z * z - 0.5 * log(2 * Double.pi) + log(millsRatio(z))
    }

    /// The point with a given probability above it.
    ///
    /// Halley's method: below 0.2 on ln P, starting from Abramowitz and Stegun, "Handbook of Mathematical Functions"
    /// (1964), 26.2.23; in the centre on erf against 1 − 2q, which is exact. Relative error below 1e-15.
    /// - Parameter probability: The tail itself, in 0…1.
    /// - Returns: The point; infinite at 0 and 1, NaN outside.
    public static func quantile(upperTail probability: Double) -> Double {
        guard probability > 0, probability < 1 else {
            return probability == 0 ? .infinity : probability == 1 ? -.infinity : .nan
        }
        if probability > 0.5 { return -quantile(upperTail: 1 - probability) }
        let logProbability = log(probability)
        let t = (-2 * logProbability).squareRoot()
        let numerator = 2.515517 + t * (0.802853 + t * 0.010328)
        var z = t - numerator / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
        for _ in 0..<4 {
            if probability > 0.2 {
                let newton = (erf(z * 0.5.squareRoot()) - (1 - 2 * probability)) / (2 * density(z))
                z -= newton / (1 + 0.5 * newton * z)
            } else {
                let hazard = z < 5 ? density(z) / upperTail(z) : 1 / millsRatio(z)
                let newton = (logProbability - logUpperTail(z)) / hazard
                z -= newton / (1 - 0.5 * newton * (hazard - z))
            }
        }
        return z
    }

    /// P(Z > z)/φ(z) for z ≥ 5, by Laplace's continued fraction 1/(z + 1/(z + 2/(z + 3/…))).
    static func millsRatio(_ z: Double) -> Double { 1 / (z + millsFraction(z)) }

    /// The continued fraction 1/(z + 2/(z + 3/…)): what Mills' ratio adds to z before its inverse is taken.
    private static func millsFraction(_ z: Double) -> Double {
        var fraction = z
        for k in stride(from: 40.0, through: 2, by: -1) { fraction = z + k / fraction }
        return 1 / fraction
    }

    /// erfc at a point known to more than a double: one Newton step along erfc′ = −2/√π exp(−y²).
    static func complementaryError(_ y: Double, plus rounding: Double) -> Double {
        let value = erfc(y)
        // Past 20 the asymptotic hazard 2y + 1/y is exact enough, and erfc may be subnormal.
        let hazard = y > 20 ? 2 * y + 1 / y : 2 / Double.pi.squareRoot() * exp(-y * y) / value
        return value * (1 - hazard * rounding)
    }
}
