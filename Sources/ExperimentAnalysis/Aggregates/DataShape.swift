import ExperimentDatabase
import Experimentation

/// Odd records of an experiment, as numbers: a clock that was wrong, ids that stand for nobody, and units
/// that outweigh all others.
struct DataShape: Sendable, Hashable {
    /// Records of one sort at odd times.
    struct Times: Sendable, Hashable {
        /// Exposures and outcomes before 1971.
        var early = 0
        /// Exposures and outcomes more than a day after the clock of the report.
        var ahead = 0

        /// Counts a row where its time is odd.
        @inline(__always)
        mutating func note(_ time: Int64, clock: Int64) {
            if time < DataShape.year1971 { early += 1 }
            if time > clock, time - clock > DataShape.tolerance { ahead += 1 }
        }

        mutating func add(_ other: Times) {
            early += other.early
            ahead += other.ahead
        }
    }

    /// A unit whose id is what programs write where they have none.
    struct Placeholder: Sendable, Hashable {
        let unitID: UnitID
        let outcomes: Int
    }

    /// A unit that brings a large share of a metric.
    struct Dominance: Sendable, Hashable {
        let metricRow: RowNumber<MetricRow>
        let unitID: UnitID
        /// Share that the unit's value has in the sizes of all units' values, in 0…1.
        let share: Double
        /// The units with a value other than 0.
        let units: Int
    }

    var exposures = Times()
    var outcomes = Times()
    var placeholders: [Placeholder] = []
    var dominances: [Dominance] = []
}

extension DataShape {
    /// Rows before it have the time of a clock that starts at 0: 1971-01-01 UTC, in µs.
    static let year1971: Int64 = 31_536_000_000_000
    /// Time after the report's clock, in µs, beyond which a row is called early: clocks of devices differ, days don't.
    static let tolerance: Int64 = 86_400_000_000

    /// Ids that programs write where they have none: words for nothing, zeros, and the hashes of an empty text.
    static let nobody: [UnitID] = [
        "null", "NULL", "Null", "(null)", "nil", "None", "none", "NaN", "nan", "undefined", "unknown", "anonymous",
        "[object Object]", "0", "-1", "00000000-0000-0000-0000-000000000000",
        // MD5, SHA-1 and SHA-256 of nothing.
        "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ]
}
