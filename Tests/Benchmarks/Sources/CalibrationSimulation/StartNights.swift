import ExperimentStatistics

/// The night in which a planned week is over, where some units come with a time of a month before.
enum StartNights {
    private static let days = 7
    /// A conversion of 5 %, 500 units a variant and night.
    private static let table = Binomial(500, 0.05)

    /// The units that come in each night: those whose clocks are right, and those whose clocks are a month behind.
    private struct Traffic {
        let name: String
        let units: @Sendable (_ night: Int) -> Int
        let strays: @Sendable (_ night: Int) -> Int
    }

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        let traffic = [
            Traffic(name: "every clock is right", units: { _ in 1_000 }, strays: { _ in 0 }),
            Traffic(name: "one of 1970 or of a month before", units: { _ in 1_000 }, strays: { $0 == 1 ? 1 : 0 }),
            Traffic(name: "9 in 1,000 every night", units: { _ in 991 }, strays: { _ in 9 }),
            Traffic(name: "20 in 1,000 every night", units: { _ in 980 }, strays: { _ in 20 }),
            Traffic(
                name: "5 units a night for ten nights, then 1,000", units: { $0 <= 10 ? 5 : 1_000 }, strays: { _ in 0 }),
        ]
        print("\n| a planned week is over in night | by the start day | by the first exposure |")
        print("|---|---:|---:|")
        for traffic in traffic {
            print("| \(traffic.name) | \(over(traffic, byStartDay: true)) | \(over(traffic, byStartDay: false)) |")
        }
        return ships(experiments, seed)
    }

    /// The first night by which the planned days are over, of those with units enough to decide.
    private static func over(_ traffic: Traffic, byStartDay: Bool) -> Int {
        // Nights are days from some day on.
        let first = 20_000
        var start = StartDay()
        var (earliest, all) = (Int.max, 0)
        for night in 1...Peeking.nights {
            let day = first + night
            start.add(day: day, units: traffic.units(night))
            all += traffic.units(night)
            earliest = min(earliest, day)
            if traffic.strays(night) > 0 {
                start.add(day: day - 30, units: traffic.strays(night))
                earliest = min(earliest, day - 30)
            }
            guard all >= StartDay.fewestUnits, let began = byStartDay ? start.day : earliest else { continue }
            if day + 1 - began >= days { return night }
        }
        return .max
    }

    /// The worth of the first week: false ships of a conversion on some night from there on.
    private static func ships(_ experiments: Int, _ seed: UInt64) -> Bool {
        var rates = LevelTable("60 nights of 500 units a variant, conversion 5 %, nothing happens", ["a false ship"])
        for (name, first) in [("from the first night", 1), ("from the seventh", 7)] {
            var random = Random(seed: seed &* 14_000)
            var rate = Rate()
            for _ in 0..<experiments {
                var (control, treatment) = (PowerSums(), PowerSums())
                var isShipped = false
                for night in 1...Peeking.nights {
                    control.add(successes: table.draw(&random), of: 500)
                    treatment.add(successes: table.draw(&random), of: 500)
                    let effect = Effect.means(control: control.aggregate, treatment: treatment.aggregate)
                    let interval = ConfidenceSequence(level: 0.05).compare(effect).differenceInterval
                    if night >= first, let interval, interval.lower > 0 { isShipped = true }
                }
                rate.note(isShipped)
            }
            rates.row(name, [.atMost(rate, 0.025)])
        }
        return rates.isGood
    }
}
