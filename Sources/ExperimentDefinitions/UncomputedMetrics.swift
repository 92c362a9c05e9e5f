public import Experimentation

extension MetricDefinition {
    /// What of the definition reports and views do not compute yet, by its keys in a definitions file; none for a metric
    /// that they compute as it says.
    ///
    /// Such a metric is refused unless `Definitions.takesUncomputedMetrics` asks for it: a number by another rule than
    /// its definition's is worse than none.
    public var uncomputedKeys: [String] {
        guard let value else { return [ratio == nil ? "quantile" : "ratio"] }
        var keys: [String] = []
        if isDerived { keys.append("of") }
        if ![.any, .count, .sum, .mean].contains(value.aggregation) { keys.append("aggregation") }
        if value.delayMicroseconds > 0 { keys.append("delay") }
        if value.floor != nil { keys.append("floor") }
        if case .percentile = value.cap { keys.append("cap") }
        if value.absent == .exclude, value.aggregation.defaultAbsent != .exclude { keys.append("absent") }
        return keys
    }
}
