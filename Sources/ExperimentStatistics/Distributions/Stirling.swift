import ExperimentPlatform

/// Remainder that Stirling's formula leaves out, and the deviance that remains when its large terms cancel.
///
/// Probabilities of counts written with these keep their digits at any size, where log-gammas of 1e9 lose six.
/// Source: C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000).
enum Stirling {
    /// ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π), the series Σ B₂ₖ/(2k(2k−1) x^(2k−1)) from x = 16 on (NIST DLMF 5.11.1).
    static func error(_ x: Double) -> Double {
        if x < 16 { return logGamma(x) - ((x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi)) }
        let inverse = 1 / x
        let square = inverse * inverse
        var series = 0.0
        for coefficient in coefficients.reversed() { series = series * square + coefficient }
        return series * inverse
    }

    private static let coefficients: [Double] = [
        1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360_360, 1.0 / 156, -3617.0 / 122_400,
    ]

    /// x ln(x/m) + m − x, never negative, also where x and m nearly agree; m for x = 0.
    static func deviance(_ x: Double, from m: Double) -> Double {
        if x == 0 { return m }
        let difference = x - m
        guard abs(difference) < 0.1 * (x + m) else { return x * log(x / m) + m - x }
        // x ln(x/m) with x/m = (1+v)/(1−v) is the series 2x(v + v³/3 + v⁵/5 + …), whose first term joins m − x.
        let v = difference / (x + m)
        var sum = difference * v
        var power = 2 * x * v
        for odd in stride(from: 3.0, through: 31, by: 2) {
            power *= v * v
            sum += power / odd
        }
        return sum
    }
}
