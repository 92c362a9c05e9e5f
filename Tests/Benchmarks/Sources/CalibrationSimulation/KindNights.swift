import ExperimentStatistics

/// Sixty nights of a conversion of 20 % without an effect, of which some outcomes are recorded as another kind, and so missed.
enum KindNights {
    private static let units = 5_000

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        var table = LevelTable(
            "60 nights of 5,000 units a variant, conversion 20 %: outcomes recorded as another kind",
            ["ships by the limit of 1 % alone", "ships by limit and split", "alarm", "median night of the alarm"])
        for (index, (name, control, treatment, isFault)) in [
            ("none", 0.0, 0.0, false), ("0.9 % in both variants", 0.009, 0.009, false),
            ("0.6 % in the control, 0.3 % in the treatment", 0.006, 0.003, true),
            ("0.9 % in the control alone", 0.009, 0, true), ("1.8 % in the control alone", 0.018, 0, true),
        ].enumerated() {
            var random = Random(seed: seed &* 13_000 &+ UInt64(index))
            var (limited, tested, alarms) = (Rate(), Rate(), Rate())
            var nights: [Int?] = []
            for _ in 0..<max(200, experiments / 10) {
                let found = run(control, treatment, &random)
                limited.note(found.limited)
                tested.note(found.tested)
                alarms.note(found.alarm != nil)
                nights.append(found.alarm)
            }
            table.row(
                name,
                [
                    .shown(limited), .atMost(tested, 0.025), isFault ? .shown(alarms) : .atMost(alarms, 0.001),
                    .text(nights.median),
                ])
        }
        return table.isGood
    }

    /// Whether it ships on some night, without and with the test of the split, and the night of that test's alarm.
    private static func run(
        _ control: Double, _ treatment: Double, _ random: inout Random
    ) -> (limited: Bool, tested: Bool, alarm: Int?) {
        let level = TrustShares().level(of: .unitsLeftOut, tests: 1)
        let shares = [control, treatment]
        var sums = [PowerSums(), PowerSums()]
        var lost = [0, 0]
        var found: (limited: Bool, tested: Bool, alarm: Int?) = (false, false, nil)
        // Tables of more units would begin below what a double holds.
        let (converting, losing) = (
            Binomial(units / 10, 0.2), shares.map { share in Binomial(units / 5, max(share, 1e-12)) }
        )
        for night in 1...Peeking.nights {
            for variant in 0..<2 {
                let all = (0..<10).reduce(0) { sum, _ in sum + converting.draw(&random) }
                let gone = shares[variant] > 0 ? min(all, losing[variant].draw(&random)) : 0
                lost[variant] += gone
                sums[variant].add(successes: all - gone, of: units)
            }
            let (first, second) = (sums[0].aggregate, sums[1].aggregate)
            let test = ShareBalanceTest(
                control: Proportion(successes: lost[0], of: first.count),
                treatment: Proportion(successes: lost[1], of: second.count), weights: (1, 1))
            if found.alarm == nil, test.isAlarm(level: level) { found.alarm = night }
            let converted = first.mean * Double(first.count) + second.mean * Double(second.count)
            let isMany = Double(lost[0] + lost[1]) >= 0.01 * (converted + Double(lost[0] + lost[1]))
            let interval = ConfidenceSequence(level: 0.05)
                .compare(Effect.means(control: first, treatment: second)).differenceInterval
            guard night >= 7, !isMany, let interval, interval.lower > 0 else { continue }
            found.limited = true
            if !test.isAlarm(level: level) { found.tested = true }
        }
        return found
    }
}
