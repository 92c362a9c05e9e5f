import ExperimentStatistics

/// The sums and moments of one variant's units in a metric: all that a comparison needs to know of the units.
enum MetricStatistic: Sendable, Hashable {
    /// The mean of their values.
    case mean(Mean)
    /// The sum of one value over that of another.
    case ratio(Ratio)
    /// A quantile of their values, or of their outcomes.
    case quantile(Quantile)

    /// Values of units, one each.
    struct Mean: Sendable, Hashable {
        let sum: Double
        let moments: Moments
        /// Moments with what the units did in the metric before their exposure; nil where none of any variant did.
        let past: BivariateMoments?
    }

    /// Two values a unit, that of the numerator first.
    struct Ratio: Sendable, Hashable {
        let parts: BivariateMomentSums
        /// Parts with what the units did before; nil where no unit of any variant did anything in either part.
        let past: Past?

        /// The parts with their past.
        struct Past: Sendable, Hashable {
            /// Numerator and denominator from before the exposure.
            let parts: BivariateMomentSums
            let all: RatioMomentSums
        }
    }

    /// Values of units or of outcomes in order.
    struct Quantile: Sendable, Hashable {
        let sample: QuantileSample
        /// Quantile and its interval, at the confidence of the report.
        let estimate: QuantileEstimate

        init(_ sample: QuantileSample, confidence: Double) {
            self.sample = sample
            estimate = sample.estimate(critical: Normal.quantile(upperTail: (1 - confidence) / 2))
        }
    }

    /// Mean and variance of the units, as a mean's are; nil without a value: no unit, a denominator of 0, no event.
    ///
    /// Of a ratio by the delta method; of a quantile with the variance that the distance of its interval's ends stands
    /// for.
    var aggregate: Aggregate? {
        switch self {
        case .mean(let mean): mean.moments.count > 0 ? mean.moments.aggregate : nil
        case .ratio(let ratio): ratio.parts.count > 0 ? ratio.parts.ratio : nil
        case .quantile(let quantile):
            quantile.estimate.value.map {
                Aggregate(count: quantile.estimate.units, mean: $0, variance: quantile.estimate.variance)
            }
        }
    }

    /// Moments that say how lopsided the units' values are around their variant's; nil of a quantile.
    ///
    /// Of a ratio (y − R·x) ÷ x̄, whose mean over the units is the error of R. The interval of a quantile holds for values
    /// of any distribution.
    var moments: Moments? {
        switch self {
        case .mean(let mean): mean.moments
        case .ratio(let ratio): ratio.parts.ratioMoments
        case .quantile: nil
        }
    }

    /// The same of what the units did before; nil where none did anything, and of a quantile.
    var before: Moments? {
        switch self {
        case .mean(let mean): mean.past?.second
        case .ratio(let ratio): ratio.past?.parts.ratioMoments
        case .quantile: nil
        }
    }

    /// The units' values together with what the units did before, as an adjustment reads them; of a ratio both linearised.
    ///
    /// Nil where none did anything, and of a quantile.
    var past: BivariateAggregate? {
        switch self {
        case .mean(let mean): mean.past?.aggregate
        case .ratio(let ratio): ratio.past?.all.linearized
        case .quantile: nil
        }
    }
}
