import ExperimentDatabase

/// Times of a goal's or guardrail's outcomes: their number on each day, at each age of their unit, in each variant.
struct MetricDays {
    /// The outcomes of one variant on one day, by units of one age.
    struct Count: Hashable {
        let variantRow: RowNumber<VariantRow>
        /// Days since 1970-01-01 UTC.
        let day: Int
        /// The outcome's day less the day of its unit's first exposure, as far as the heartbeat tells ages apart; negative before it.
        let age: Int
        /// Whether the outcomes came before the exposure, and so don't count: they may be of one day together.
        let isBefore: Bool
        let outcomes: Int
        /// Outcomes whose time is a full hour, to the microsecond.
        let atFullHours: Int
        /// Outcomes at full hours that are in the same hour as their unit's first exposure.
        let inItsHour: Int
    }

    let metricRow: RowNumber<MetricRow>
    /// Time from a unit's exposure to the end of what counts, in µs: delay and window; nil for ever.
    let window: Int64?
    var counts: [Count] = []
    /// The outcomes at the minute of the day that most of them lie at exactly, and those of them that came less than a day
    /// before their unit's exposure; nil where none lies at a whole minute.
    var fullestMinute: (outcomes: Int, lost: Int)?
}
