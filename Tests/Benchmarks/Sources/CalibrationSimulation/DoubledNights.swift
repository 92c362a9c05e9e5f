import ExperimentStatistics

/// Sixty nights of 20 outcomes among 100 units of each variant, some of which were recorded twice.
enum DoubledNights {
    private static let units = 5_000

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        var table = LevelTable(
            "60 nights of 5,000 units a variant, 20 outcomes a 100 units: outcomes recorded twice",
            ["alarm", "median night of the alarm"])
        for (index, (name, shares, lift, isFault)) in [
            ("0.1 % in both variants", (0.001, 0.001), 1.0, false),
            ("1 % in both variants", (0.01, 0.01), 1, false),
            ("5 % in both variants", (0.05, 0.05), 1, false),
            ("1 % in both variants, half as many outcomes more in the treatment", (0.01, 0.01), 1.5, false),
            ("times cut: twice the outcomes in the treatment, twice the share", (0.005, 0.01), 2, false),
            ("three times the share, the limit", (0.005, 0.015), 1, false),
            ("three times the share, the limit, and more than 10 %", (0.05, 0.15), 1, false),
            ("0.5 % in the treatment alone", (0, 0.005), 1, true),
            ("2 % in the treatment alone", (0, 0.02), 1, true),
            ("10 % in the treatment alone", (0, 0.1), 1, true),
        ].enumerated() {
            var random = Random(seed: seed &* 17_000 &+ UInt64(index))
            let outcomes = [1, lift].map { Int(Double(units) * 0.2 * $0) }
            let repeats = zip(outcomes, [shares.0, shares.1]).map { $1 > 0 ? Binomial($0, $1) : nil }
            var alarms = Rate()
            var nights: [Int?] = []
            for _ in 0..<max(200, experiments / 2) {
                let night = alarm(outcomes, repeats, &random)
                alarms.note(night != nil)
                nights.append(night)
            }
            table.row(name, [isFault ? .shown(alarms) : .atMost(alarms, 0.001), .text(nights.median)])
        }
        return table.isGood
    }

    /// The first night with an alarm; nil for none.
    private static func alarm(_ nightly: [Int], _ repeats: [Binomial?], _ random: inout Random) -> Int? {
        let level = TrustShares().level(of: .unitsLeftOut, tests: 1)
        var (outcomes, doubled) = ([0, 0], [0, 0])
        for night in 1...Peeking.nights {
            for variant in 0..<2 {
                let again = repeats[variant]?.draw(&random) ?? 0
                outcomes[variant] += nightly[variant] + again
                doubled[variant] += again
            }
            let arms = (0..<2).map { variant in
                DoubledOutcomesTest.Variant(
                    units: doubled[variant], outcomes: Proportion(successes: doubled[variant], of: outcomes[variant]))
            }
            if DoubledOutcomesTest(control: arms[0], treatment: arms[1]).isAlarm(level: level) { return night }
        }
        return nil
    }
}
