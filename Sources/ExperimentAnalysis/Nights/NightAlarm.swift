public import Experimentation

/// Something that was wrong on a stored night.
public struct NightAlarm: Sendable, Hashable {
    /// The problem's name.
    public let name: String
    /// The metric it was about; nil for none.
    public let metric: MetricName?
    /// The variant it was about; nil for none.
    public let variantID: VariantName?
    /// What else it was about, where an experiment can have several of its name: the reason of a discard.
    public let detail: String?
}

extension NightAlarm {
    /// The alarm that a problem is, as a night stores it.
    public init(_ problem: HealthProblem) {
        switch problem {
        case .differentialDiscards(let reason, let variantID, _):
            self.init(name: problem.name, metric: nil, variantID: variantID, detail: reason.rawValue)
        case .unitsLeftOut(let units):
            self.init(name: problem.name, metric: units.metric, variantID: units.variantID, detail: nil)
        case .timesCut(let metric, let grain, _):
            self.init(name: problem.name, metric: metric, variantID: nil, detail: grain.rawValue)
        case .silentMetric(let metric, _, _):
            self.init(name: problem.name, metric: metric, variantID: nil, detail: nil)
        case .silentVariant(let metric, let variantID, _):
            self.init(name: problem.name, metric: metric, variantID: variantID, detail: nil)
        case .imbalance(let metric, let variantID, _):
            self.init(name: problem.name, metric: metric, variantID: variantID, detail: nil)
        default: self.init(name: problem.name, metric: nil, variantID: nil, detail: nil)
        }
    }
}
