import ExperimentDatabase

/// When the outcomes of a goal or guardrail happened: how many on each day, at each age of their unit and in each variant.
struct MetricDays {
    /// The outcomes of one variant on one day, by units of one age.
    struct Count: Hashable {
        let variantRow: RowNumber<VariantRow>
        /// Days since 1970-01-01 UTC.
        let day: Int
        /// That day less the day of the unit's first exposure; negative before it.
        let age: Int
        /// Whether they came before the exposure, and so don't count.
        let isBefore: Bool
        let outcomes: Int
        /// Outcomes whose time is midnight UTC to the microsecond, and outcomes whose time is a full hour.
        let atMidnight: Int
        let atFullHours: Int
        /// Outcomes in the same hour as their unit's first exposure.
        let inItsHour: Int
    }

    let metricRow: RowNumber<MetricRow>
    /// Until how long after its exposure a unit's outcomes count, in µs: delay and window; nil for ever.
    let window: Int64?
    var counts: [Count] = []
}
