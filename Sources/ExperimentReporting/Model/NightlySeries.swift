import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// Lifts that the stored nights saw of one treatment in the metric that decides.
struct NightlySeries: Sendable, Hashable {
    let row: EffectRow
    let nights: [EffectOverTime.Night]

    init(_ row: EffectRow) {
        self.row = row
        nights = row.comparison.history.looks.map { look in
            EffectOverTime.Night(day: Day(look.day), lift: look.inference?.lift, interval: look.inference?.liftInterval)
        }
    }

    /// The nights between the first and the last that were not stored, in words; nil where none is missing.
    ///
    /// `no night was stored on 11 Jan and from 14 Jan to 18 Jan`.
    /// - Parameter stored: The days of the nights that are stored, in order.
    /// - Returns: The words, without a full stop.
    static func missing(_ stored: [Int]) -> String? {
        let gaps = zip(stored, stored.dropFirst()).filter { $1 - $0 > 1 }.map { (first: $0 + 1, last: $1 - 1) }
        guard let first = gaps.first else { return nil }
        // More gaps than these are counted.
        guard gaps.count <= 3 else {
            let nights = gaps.reduce(0) { $0 + $1.last - $1.first + 1 }
            return "\(NumberText.count(nights)) nights were not stored, the first on \(Day(first.first).short)"
        }
        let days = gaps.map { gap in
            let (first, last) = (Day(gap.first), Day(gap.last))
            return first == last ? "on \(first.short)" : "from \(first.short) to \(last.short)"
        }
        return "no night was stored \(NumberText.list(days))"
    }

    /// The first of the last nights in a row whose interval was clear of zero, or of the margin, as it is now.
    var clearSince: Day? {
        guard row.tone != .none, let last = nights.last?.interval else { return nil }
        let isUpper = last.lower > 0
        let streak = nights.reversed().prefix { night in
            guard let interval = night.interval else { return false }
            if let margin = row.margin {
                return margin.isUpper ? interval.lower > margin.value : interval.upper < margin.value
            }
            return isUpper ? interval.lower > 0 : interval.upper < 0
        }
        return streak.last?.day
    }
}
