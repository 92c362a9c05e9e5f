/// A ratio's numerator and denominator, and the same two from before the exposure: four values a unit.
///
/// What is needed to take out of a ratio what its parts' past predicts: ``CovariateAdjustment/init(control:treatment:)-(RatioAggregate,_)``.
public struct RatioAggregate: Sendable, Hashable {
    /// Numerator Y and denominator X.
    public let parts: BivariateAggregate
    /// The same from before the exposure, P and O, of the same units.
    public let past: BivariateAggregate
    /// Covariances of the parts with their past.
    public let covariances: Covariances

    /// The sample covariances of the parts with their past.
    public struct Covariances: Sendable, Hashable {
        /// The numerator and its past, s_YP.
        public let numerators: Double
        /// The numerator and the denominator's past, s_YO.
        public let numeratorWithPastDenominator: Double
        /// The denominator and the numerator's past, s_XP.
        public let denominatorWithPastNumerator: Double
        /// The denominator and its past, s_XO.
        public let denominators: Double

        /// Creates the four covariances.
        /// - Parameters:
        ///   - numerators: Of the numerator and its past, s_YP.
        ///   - numeratorWithPastDenominator: Of the numerator and the denominator's past, s_YO.
        ///   - denominatorWithPastNumerator: Of the denominator and the numerator's past, s_XP.
        ///   - denominators: Of the denominator and its past, s_XO.
        public init(
            numerators: Double, numeratorWithPastDenominator: Double, denominatorWithPastNumerator: Double,
            denominators: Double
        ) {
            self.numerators = numerators
            self.numeratorWithPastDenominator = numeratorWithPastDenominator
            self.denominatorWithPastNumerator = denominatorWithPastNumerator
            self.denominators = denominators
        }
    }

    /// Creates an aggregate.
    /// - Parameters:
    ///   - parts: Numerator and denominator.
    ///   - past: The same from before the exposure, of the same units.
    ///   - covariances: How the parts vary with their past.
    public init(parts: BivariateAggregate, past: BivariateAggregate, covariances: Covariances) {
        self.parts = parts
        self.past = past
        self.covariances = covariances
    }

    /// The number of units.
    public var count: Int { parts.count }

    /// The aggregate of two disjoint groups of units, as ``Aggregate/merged(with:)``.
    /// - Parameter other: Units of which none is in this aggregate.
    /// - Returns: The aggregate of all units.
    public func merged(with other: RatioAggregate) -> RatioAggregate {
        func covariance(
            _ pair: (Covariances) -> Double, _ first: (RatioAggregate) -> Aggregate,
            _ second: (RatioAggregate) -> Aggregate
        ) -> Double {
            let one = BivariateAggregate(first: first(self), second: second(self), covariance: pair(covariances))
            let more = BivariateAggregate(
                first: first(other), second: second(other), covariance: pair(other.covariances))
            return one.merged(with: more).covariance ?? 0
        }
        return RatioAggregate(
            parts: parts.merged(with: other.parts), past: past.merged(with: other.past),
            covariances: Covariances(
                numerators: covariance(\.numerators, \.parts.first, \.past.first),
                numeratorWithPastDenominator: covariance(
                    \.numeratorWithPastDenominator, \.parts.first, \.past.second),
                denominatorWithPastNumerator: covariance(
                    \.denominatorWithPastNumerator, \.parts.second, \.past.first),
                denominators: covariance(\.denominators, \.parts.second, \.past.second)))
    }

    /// The ratio and its past as two values a unit, by the delta method: means R and S, and the variances and the
    /// covariance of G = (Y − R·X)/x̄ and H = (P − S·O)/ō.
    ///
    /// Nil where a denominator's mean is 0. Source: A. Deng, U. Knoblich, J. Lu, "Applying the Delta Method in Metric
    /// Analytics", KDD 2018, arXiv 1803.06336.
    public var linearized: BivariateAggregate? {
        guard let ratio = parts.ratio, let pastRatio = past.ratio else { return nil }
        let (r, s) = (ratio.mean, pastRatio.mean)
        let covariance =
            covariances.numerators - s * covariances.numeratorWithPastDenominator
            - r * (covariances.denominatorWithPastNumerator - s * covariances.denominators)
        return BivariateAggregate(
            first: ratio, second: pastRatio, covariance: covariance / parts.second.mean / past.second.mean)
    }
}

extension BivariateAggregate {
    /// The ratio of the two means, ready to be compared like a mean: R, and the sample variance of (Y − R·X)/x̄, which is
    /// (s²_Y − 2R·s_YX + R²·s²_X)/x̄².
    ///
    /// Nil where the second mean is 0. The variance over the units is that of R. Source: A. Deng, U. Knoblich, J. Lu,
    /// "Applying the Delta Method in Metric Analytics", KDD 2018, arXiv 1803.06336.
    public var ratio: Aggregate? {
        guard second.mean != 0 else { return nil }
        let ratio = first.mean / second.mean
        let parts = (first.variance ?? 0) + ratio * ratio * (second.variance ?? 0)
        let variance = parts - 2 * ratio * (covariance ?? 0)
        // A numerator that is a multiple of the denominator leaves rounding, not noise.
        return Aggregate(
            count: count, mean: ratio,
            variance: variance > 8 * parts.ulp ? variance / second.mean / second.mean : 0)
    }
}

/// Rest of a unit's ratio when what its past predicts is taken out: (Y − R·X)/x̄ − θ·(P − S·O)/ō.
///
/// For a second pass over the units: its moments say how lopsided the adjusted ratio is.
public struct RatioResidual: Sendable, Hashable {
    @usableFromInline let ratio: Double
    @usableFromInline let scale: Double
    @usableFromInline let pastRatio: Double
    @usableFromInline let pastScale: Double

    /// Creates the residual of a variant's units, or nil where a denominator's mean is 0.
    /// - Parameters:
    ///   - aggregate: The variant's units.
    ///   - slope: θ of the ``CovariateAdjustment``.
    public init?(_ aggregate: RatioAggregate, slope: Double) {
        guard let linearized = aggregate.linearized else { return nil }
        ratio = linearized.first.mean
        scale = 1 / aggregate.parts.second.mean
        pastRatio = linearized.second.mean
        pastScale = slope / aggregate.past.second.mean
    }

    /// The residual of a unit.
    /// - Parameters:
    ///   - numerator: Y.
    ///   - denominator: X.
    ///   - pastNumerator: P.
    ///   - pastDenominator: O.
    /// - Returns: A value whose mean over the units is 0.
    @inlinable
    public func callAsFunction(
        numerator: Double, denominator: Double, pastNumerator: Double, pastDenominator: Double
    ) -> Double {
        (numerator - ratio * denominator) * scale - (pastNumerator - pastRatio * pastDenominator) * pastScale
    }
}
