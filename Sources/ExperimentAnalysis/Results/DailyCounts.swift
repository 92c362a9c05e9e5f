/// Counts of the units and exposures of an experiment's variants on one day.
public struct DailyCounts: Sendable, Hashable {
    /// Counts of one variant on the day.
    public struct Variant: Sendable, Hashable {
        /// Analysed units that were exposed for the first time.
        public let units: Int
        /// Enrolled exposures, repeated ones and those of crossover units included.
        public let exposures: Int
    }

    /// Days since 1970-01-01, of the calendar in the options.
    public let day: Int
    /// Counts of the variants, in the order of the experiment's variants.
    public let variants: [Variant]

    /// The days of an experiment, in order; a day on which nothing happened is left out.
    static func all(_ days: [Aggregates.Day], _ reported: [ReportedVariant]) -> [DailyCounts] {
        Dictionary(grouping: days, by: \.day).sorted { $0.key < $1.key }.map { day, counts in
            DailyCounts(
                day: day,
                variants: reported.map { variant in
                    let count = counts.first { $0.variantRow == variant.variantRow }
                    return Variant(units: count?.units ?? 0, exposures: count?.exposures ?? 0)
                })
        }
    }
}
