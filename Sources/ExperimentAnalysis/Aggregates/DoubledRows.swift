import ExperimentDatabase

/// Number of outcomes of a goal or guardrail that equal the outcome before of their unit, by variant.
struct DoubledRows: Sendable, Hashable {
    /// The analysed units of one variant.
    struct Variant: Sendable, Hashable {
        /// The units with a doubled outcome.
        var units = 0
        var doubled = 0
        /// The outcomes that count, doubled ones included.
        var outcomes = 0

        mutating func add(_ other: Variant) {
            units += other.units
            doubled += other.doubled
            outcomes += other.outcomes
        }
    }

    let metricRow: RowNumber<MetricRow>
    let variants: [RowNumber<VariantRow>: Variant]
}
