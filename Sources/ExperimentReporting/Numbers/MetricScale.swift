import Experimentation

/// Scale by which a metric's values are written: a share of units as a percentage, any other as a number in its unit.
enum MetricScale: Sendable, Hashable {
    case share
    case number(MeasurementUnit?)

    init(_ metric: MetricDefinition) {
        self = metric.isShare ? .share : .number(metric.measurementUnit)
    }

    /// Factor by which a value grows when it is written: 100 of a share, else 1.
    var factor: Double { self == .share ? 100 : 1 }

    /// The text after a difference: ` points`, ` EUR`, or nothing.
    var suffix: String {
        switch self {
        case .share: " points"
        case .number(let unit): unit.map { "\u{a0}\($0.text)" } ?? ""
        }
    }

    /// A mean, a ratio or a quantile, without what it is measured in: `6.08%`, `12.35`.
    func bare(_ value: Double) -> String {
        self == .share ? NumberText.percent(value) : NumberText.value(value)
    }

    /// The same for a sentence: `6.08%`, `12.35 EUR`.
    func full(_ value: Double) -> String { bare(value) + (self == .share ? "" : suffix) }
}
