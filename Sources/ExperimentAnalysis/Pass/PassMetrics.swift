import ExperimentDatabase
import Experimentation

/// The metrics of a file as a pass needs them: what is recorded, and what is made of it.
struct PassMetrics {
    /// A value that units get from their outcomes.
    struct Measure {
        let metricRow: RowNumber<MetricRow>
        let name: MetricName
        let kind: String
        let aggregation: MetricAggregation
        let direction: String
        let rule: Period
        let cap: Double?

        /// Place for so many units.
        func sums(of units: Int) -> UnitSums {
            UnitSums(aggregation, isWhole: kind != "numeric", count: units)
        }
    }

    /// When an outcome counts, by the time since its unit's first exposure.
    struct Period {
        /// In µs; outcomes before it come too early.
        var delay: Int64 = 0
        /// Its length in µs; the largest number for ever.
        var window: Int64 = .max

        @inline(__always)
        func holds(_ elapsed: Int64) -> Bool { elapsed >= delay && elapsed - delay < window }
    }

    /// A metric under whose name outcomes were recorded.
    struct Recorded {
        /// Whether its values are whole numbers.
        let isWhole: Bool
        /// When its outcomes count, for the ledger.
        let rule: Period
        /// The measures that its outcomes go into.
        var measures: [Int] = []
    }

    private static let definitions = """
        SELECT metric_id, name, kind, aggregation, direction, window_us, cap FROM metric_definition ORDER BY name, kind
        """

    /// By name and kind.
    private(set) var measures: [Measure] = []
    private(set) var recorded: [Recorded] = []
    /// The place in ``recorded`` of a metric's number.
    private(set) var places = NumberIndex()

    init(_ connection: borrowing Connection) throws {
        let rows = try connection.prepare(Self.definitions)
        while try rows.step() {
            let kind = rows.text(2)
            let rule = Period(window: rows.optionalInt64(5) ?? .max)
            places[rows.int64(0)] = Int32(recorded.count)
            recorded.append(Recorded(isWhole: kind != "numeric", rule: rule, measures: [measures.count]))
            measures.append(
                Measure(
                    metricRow: rows.rowNumber(0), name: rows.name(1), kind: kind,
                    aggregation: MetricAggregation(rawValue: rows.text(3)) ?? .sum, direction: rows.text(4), rule: rule,
                    cap: rows.optionalDouble(6)))
        }
    }
}
