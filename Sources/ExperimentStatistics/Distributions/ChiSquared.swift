import ExperimentPlatform

/// The chi-squared distribution with a whole number of degrees of freedom.
///
/// Its tail is then a finite sum of positive terms. Source: Abramowitz and Stegun, "Handbook of Mathematical Functions"
/// (1964), 26.4.4 and 26.4.5. Relative error below 1e-14 down to 1e-300; cost grows with the degrees of freedom.
public struct ChiSquared: Sendable, Hashable {
    /// The degrees of freedom, at least 1.
    public let degreesOfFreedom: Int

    /// Creates the distribution.
    /// - Parameter degreesOfFreedom: At least 1.
    public init(degreesOfFreedom: Int) {
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// The probability above a point.
    /// - Parameter x: The point, at least 0.
    /// - Returns: A probability.
    public func upperTail(_ x: Double) -> Double {
        guard x > 0 else { return 1 }
        // Beyond, exp(−x/4) is close to underflow.
        guard x < 2800 else { return exp(logUpperTail(x)) }
        let quarter = exp(-0.25 * x)
        var sum = 0.0
        var term = quarter * firstTerm(x)
        for step in steps {
            sum += term
            term *= x / (step + 2)
        }
        // exp(−x/4) twice: exp(−x/2) alone turns subnormal while the product is still far from it.
        return errorTerm(x) + sum * quarter
    }

    /// The natural logarithm of ``upperTail(_:)``, also where the probability itself underflows.
    /// - Parameter x: The point, at least 0.
    /// - Returns: At most 0.
    public func logUpperTail(_ x: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x.isFinite else { return -.infinity }
        let tail = x < 2800 ? upperTail(x) : 0
        if tail > 0.5 { return log1p(-lowerTail(x)) }
        if tail > 1e-200 { return log(tail) }
        // Every term relative to the last, (x/2)^(k/2−1)/Γ(k/2), which is the largest this far out.
        var sum = 0.0
        var term = 1.0
        for step in steps.reversed() {
            sum += term
            term *= step / x
        }
        let root = x.squareRoot()
        // For odd k the product ends at √(2/πx), and erfc(√(x/2)) = e^(−x/2)·√(2/π)·Mills(√x); for even k it ends at 0.
        if !degreesOfFreedom.isMultiple(of: 2) { sum += term * root * Normal.millsRatio(root) }
        let half = 0.5 * Double(degreesOfFreedom)
        return -0.5 * x + (half - 1) * log(0.5 * x) - logGamma(half) + log(sum)
    }

    /// The probability below a point, by the series x^a e^(−x)/Γ(a+1) · Σ xⁿ/((a+1)…(a+n)) at half of each.
    ///
    /// Source: NIST DLMF 8.11.4. For points not far above the degrees of freedom.
    func lowerTail(_ x: Double) -> Double {
        let half = 0.5 * Double(degreesOfFreedom)
        let y = 0.5 * x
        var term = 1.0
        var sum = 1.0
        var n = 1.0
        while term > sum * 1e-17 {
            term *= y / (half + n)
            sum += term
            n += 1
        }
        return exp(half * log(y) - y - logGamma(half + 1)) * sum
    }

    /// The numbers 0, 2, 4 … or 1, 3, 5 … below the degrees of freedom − 1: one a term of the finite sum.
    private var steps: StrideTo<Double> {
        stride(from: degreesOfFreedom.isMultiple(of: 2) ? 0 : 1, to: Double(degreesOfFreedom) - 1, by: 2)
    }

    /// The sum's first term without its exponential: 1, or √(2x/π).
    private func firstTerm(_ x: Double) -> Double {
        degreesOfFreedom.isMultiple(of: 2) ? 1 : (2 * x / Double.pi).squareRoot()
    }

    /// erfc(√(x/2)), which only odd degrees of freedom have.
    private func errorTerm(_ x: Double) -> Double {
        if degreesOfFreedom.isMultiple(of: 2) { return 0 }
        let half = 0.5 * x
        let root = half.squareRoot()
        return Normal.complementaryError(root, plus: half.addingProduct(-root, root) / (2 * root))
    }
}
