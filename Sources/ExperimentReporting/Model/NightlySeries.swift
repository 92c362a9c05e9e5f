import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// What each stored night saw of one treatment in the metric that decides.
struct NightlySeries: Sendable, Hashable {
    let row: EffectRow
    let nights: [EffectOverTime.Night]

    init(_ row: EffectRow) {
        self.row = row
        nights = row.comparison.history.looks.map { look in
            EffectOverTime.Night(day: Day(look.day), lift: look.inference?.lift, interval: look.inference?.liftInterval)
        }
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
