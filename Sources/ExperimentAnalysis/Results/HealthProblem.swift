import ExperimentStatistics
public import Experimentation

/// Something that is wrong with an experiment, to be said before any of its effects.
public enum HealthProblem: Sendable, Hashable {
    /// Above it, the share of crossover units is a problem.
    public static let crossoverThreshold = 0.01
    /// Above it, the size of a lift is more probably a fault than an effect (Twyman's law).
    public static let liftThreshold = 0.5

    /// From so many hours without an exposure on, a running experiment is a problem.
    public static let silentHours = 24

    /// The units do not split as the weights say.
    case sampleRatioMismatch
    /// A variant of weight zero has units.
    case unexpectedUnits(count: Int)
    /// Too many units saw several variants.
    case crossovers(share: Double)
    /// One variant loses more of its units or outcomes than another, which no chance explains.
    case differentialDiscards(reason: DiscardReason, pValue: Double)
    /// The variants differed in a metric before the experiment began.
    case imbalance(metric: MetricName, variantID: VariantName, pValue: Double)
    /// A lift that is clear and larger than effects are.
    case implausibleLift(metric: MetricName, variantID: VariantName, lift: Double)
    /// A variant has too few units for anything to be clear.
    case tooFewUnits(variantID: VariantName, count: Int)
    /// Rare or large values, and variants of very different size: no p-value of the metric can be relied on yet.
    case skewed(metric: MetricName, variantID: VariantName)
    /// It runs, but its last exposure is long ago; only known as of a time.
    case noRecentExposure(hours: Int)
    /// One name was recorded with several kinds of value.
    case severalKinds(metric: MetricName)
    /// A metric that decides, or must not get worse, has no outcome that counts.
    case missingMetric(metric: MetricName)

    /// Whether no effect of the experiment may be believed.
    public var invalidatesEffects: Bool {
        switch self {
        case .sampleRatioMismatch, .unexpectedUnits, .crossovers, .differentialDiscards, .imbalance: true
        case .implausibleLift, .tooFewUnits, .skewed, .noRecentExposure, .severalKinds, .missingMetric: false
        }
    }

    /// Whether somebody must look into it; the others are remarks.
    public var isAlarm: Bool {
        if case .noRecentExposure = self { return true }
        return invalidatesEffects
    }

    /// Its name in reports.
    public var name: String {
        switch self {
        case .sampleRatioMismatch: "sample_ratio_mismatch"
        case .unexpectedUnits: "unexpected_units"
        case .crossovers: "crossovers"
        case .differentialDiscards: "differential_discards"
        case .imbalance: "imbalance"
        case .implausibleLift: "implausible_lift"
        case .tooFewUnits: "too_few_units"
        case .skewed: "skewed"
        case .noRecentExposure: "no_recent_exposure"
        case .severalKinds: "several_kinds"
        case .missingMetric: "missing_metric"
        }
    }
}
