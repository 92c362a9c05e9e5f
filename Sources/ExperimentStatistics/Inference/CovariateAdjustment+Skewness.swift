extension CovariateAdjustment {
    /// The skewness of what the adjustment leaves of the units' values, y − θx, around the mean of their variant.
    /// - Parameters:
    ///   - control: The control's units, outcome first, covariate second.
    ///   - treatment: The treatment's units, likewise.
    /// - Returns: The skewness of both variants' units together; infinite where it is out of range.
    public func residualSkewness(control: BivariateMoments, treatment: BivariateMoments) -> Double {
        let (first, second) = (control.residual(slope: slope), treatment.residual(slope: slope))
        return NormalApproximation.skewness(
            count: first.count + second.count,
            squares: first.aggregate.centredSquares + second.aggregate.centredSquares,
            cubes: first.centredCubes + second.centredCubes)
    }

    /// The largest skewness that the adjustment can leave of a ratio.
    ///
    /// The cubes of a ratio's four values together are not summed up. With G the ratio and H its past, linearised, and G − θH
    /// independent of H, Σ(G − θH)³ is ΣG³ − θ³ΣH³, so at most |ΣG³| + |θ|³·|ΣH³|.
    /// - Parameters:
    ///   - ratios: The ratio's moments by variant (``BivariateMomentSums/ratioMoments``).
    ///   - pasts: Those of its past.
    /// - Returns: A number of at least 0; infinite where it is out of range.
    public func largestResidualSkewness(ratios: [Moments], pasts: [Moments]) -> Double {
        let cubes = ratios.reduce(0) { $0 + $1.centredCubes }
        let past = slope * slope * slope * pasts.reduce(0) { $0 + $1.centredCubes }
        let counts = ratios.map { Double($0.count) }
        let variances = [effect.control.variance, effect.treatment.variance]
        return NormalApproximation.skewness(
            count: ratios.reduce(0) { $0 + $1.count },
            // An estimate's variance is that of a unit over the number of units.
            squares: zip(counts, variances).reduce(0) { $0 + $1.1 * $1.0 * max(0, $1.0 - 1) },
            cubes: abs(cubes) + abs(past))
    }
}
