public import ExperimentStatistics
public import Experimentation

extension MetricResult {
    /// One variant's units in the metric.
    public struct Variant: Sendable, Hashable {
        /// The variant's id.
        public let variantID: VariantName
        /// Units of the variant that count: analysed, their window over, and not left out for want of an outcome.
        public let units: Int
        /// Units of the metric with a kept outcome; the other units count as 0.
        public let unitsWithOutcome: Int
        /// Analysed units of the variant whose window is over.
        let settled: Int
        let statistic: MetricStatistic

        /// Creates a variant of a variant; without one, of no unit, in a metric whose other variants are like a statistic.
        init(_ variantID: VariantName, _ variant: Aggregates.MetricVariant?, like other: MetricStatistic?) {
            self.variantID = variantID
            units = variant?.units ?? 0
            unitsWithOutcome = variant?.unitsWithOutcome ?? 0
            settled = variant?.settled ?? 0
            statistic = variant?.statistic ?? .empty(like: other)
        }
    }
}

extension MetricResult.Variant {
    /// The mean of the units' values; the ratio of their sums; or the quantile.
    ///
    /// Nil without units, where a ratio's denominator is 0, and where a quantile has no value.
    public var mean: Double? { aggregate?.mean }

    /// The sample variance of a unit's value; nil below two units.
    ///
    /// Of a ratio and a quantile such that divided by the units it is the squared standard error.
    public var variance: Double? { quantile == nil ? aggregate?.variance : quantile?.variance }

    /// Units, mean and variance together; nil without a mean.
    public var aggregate: Aggregate? { statistic.aggregate }

    /// The sum of the units' values; nil of a ratio and a quantile.
    public var sum: Double? { if case .mean(let mean) = statistic { mean.sum } else { nil } }

    /// Sums of a ratio's numerator and denominator over the units; nil of other metrics.
    public var ratioSums: (numerator: Double, denominator: Double)? {
        guard case .ratio(let ratio) = statistic else { return nil }
        let (numerator, denominator) = ratio.parts.sums
        return (numerator, denominator)
    }

    /// Quantile's value, rank, interval and number of values; nil of other metrics.
    public var quantile: QuantileEstimate? {
        if case .quantile(let quantile) = statistic { quantile.estimate } else { nil }
    }
}

extension MetricStatistic {
    /// The statistic of no unit, of the same sort as another.
    fileprivate static func empty(like other: MetricStatistic?) -> MetricStatistic {
        switch other {
        case .mean(let mean):
            .mean(Mean(sum: 0, moments: .empty, past: mean.past.map { _ in BivariateMomentSums.empty.moments }))
        case .ratio(let ratio):
            .ratio(Ratio(parts: .empty, past: ratio.past.map { _ in Ratio.Past(parts: .empty, all: .empty) }))
        case .quantile(let quantile):
            .quantile(Quantile(QuantileSample(level: quantile.sample.level, sortedValues: []), confidence: 0.95))
        case nil: .mean(Mean(sum: 0, moments: .empty, past: nil))
        }
    }
}
