public import ExperimentStatistics

/// What one metric of an experiment shows.
public struct MetricResult: Sendable, Hashable {
    /// One variant's units in the metric.
    public struct Variant: Sendable, Hashable {
        /// The variant's id.
        public let variantID: String
        /// Its units with a kept outcome; the others count as 0.
        public let unitsWithOutcome: Int
        /// The sum of the units' values.
        public let sum: Double
        /// Count, mean and variance over all its units.
        public let aggregate: Aggregate
    }

    /// A treatment beside the control.
    public struct Comparison: Sendable, Hashable {
        /// The treatment's id.
        public let variantID: String
        /// The effect, its uncertainty, and whether chance explains it.
        public let inference: Inference
        /// The p-value, raised for the number of questions asked at once; nil where there is none.
        public internal(set) var adjustedPValue: Double?
    }

    /// The metric's name.
    public let metric: String
    /// The type of its values: bool, numeric or count.
    public let kind: String
    /// How a unit's outcomes became its value: any, sum, mean or count.
    public let aggregation: String
    /// Whether the definition names it among the metrics that decide.
    public let isGoal: Bool
    /// In the order of the experiment's variants.
    public let variants: [Variant]
    /// One a treatment, in the same order.
    public internal(set) var comparisons: [Comparison]
}

extension MetricResult {
    init(_ metric: Aggregates.Metric, _ arms: [ReportedArm], isGoal: Bool, confidence: Double) {
        self.metric = metric.name
        self.kind = metric.kind
        self.aggregation = metric.aggregation
        self.isGoal = isGoal
        let variants = arms.map { arm in
            Variant(arm.variant, metric.arms.first { $0.variantID == arm.variantID })
        }
        self.variants = variants
        guard let control = arms.firstIndex(where: \.variant.isControl) else {
            comparisons = []
            return
        }
        comparisons = variants.indices.filter { $0 != control }.map { index in
            Comparison(
                variantID: variants[index].variantID,
                inference: WelchTest.compare(
                    control: variants[control].aggregate, treatment: variants[index].aggregate, confidence: confidence),
                adjustedPValue: nil)
        }
    }
}

extension MetricResult.Variant {
    fileprivate init(_ variant: ExperimentResult.Variant, _ arm: Aggregates.MetricArm?) {
        variantID = variant.variantID
        unitsWithOutcome = arm?.unitsWithOutcome ?? 0
        let sum = arm?.sum ?? 0
        self.sum = sum
        let count = Double(variant.units)
        let mean = variant.units > 0 ? sum / count : 0
        // Units without an outcome are zeros: each is one mean away from the mean.
        let squares = (arm?.squares ?? 0) + (count - Double(unitsWithOutcome)) * mean * mean
        aggregate = Aggregate(
            count: variant.units, mean: mean, variance: variant.units > 1 ? squares / (count - 1) : nil)
    }
}

extension MetricResult {
    /// The comparison of a treatment with the control.
    /// - Parameter variantID: The treatment's id.
    /// - Returns: The comparison; nil for the control.
    public func comparison(with variantID: String) -> Comparison? {
        comparisons.first { $0.variantID.utf8.elementsEqual(variantID.utf8) }
    }
}
