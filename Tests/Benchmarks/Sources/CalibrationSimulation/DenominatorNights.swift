import ExperimentStatistics

/// Sixty nights of orders a click, where nothing happens, where the treatment gains, and where its log loses every tenth click.
enum DenominatorNights {
    private static let units = 200
    private static let days = 7

    private struct Setting {
        let name: String
        /// The probability that a click becomes an order.
        let rate: Double
        /// The spread of the units' numbers of clicks, which are log-normal: how unequal units are.
        let spread: Double
        var gain = 0.0
        /// The share of the treatment's clicks that are lost.
        var lost = 0.0
        let isFault: Bool
    }

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        var table = LevelTable(
            "60 nights of 200 units a variant: orders a click",
            [
                "ships by the ratio alone", "median night", "ships with the test", "median night",
                "checked on some night",
            ])
        var settings: [Setting] = []
        for (kind, rate, spread) in [
            ("an order in 5 % of clicks", 0.05, 1.0), ("in 30 %", 0.3, 1.0), ("in 30 %, equal users", 0.3, 0.3),
        ] {
            settings += [
                Setting(name: "\(kind): nothing happens", rate: rate, spread: spread, isFault: true),
                Setting(name: "\(kind): every tenth click lost", rate: rate, spread: spread, lost: 0.1, isFault: true),
                Setting(name: "\(kind): a third of clicks lost", rate: rate, spread: spread, lost: 0.33, isFault: true),
                Setting(name: "\(kind): a tenth more orders", rate: rate, spread: spread, gain: 0.1, isFault: false),
            ]
        }
        for (index, setting) in settings.enumerated() {
            var random = Random(seed: seed &* 18_000 &+ UInt64(index))
            var (alone, tested, checked) = (Rate(), Rate(), Rate())
            var (first, second) = ([Int?](), [Int?]())
            for _ in 0..<max(200, experiments / 10) {
                let found = run(setting, &random)
                alone.note(found.alone != nil)
                tested.note(found.tested != nil)
                checked.note(found.isChecked)
                first.append(found.alone)
                second.append(found.tested)
            }
            table.row(
                setting.name,
                [
                    .shown(alone), .text(first.median), setting.isFault ? .atMost(tested, 0.05) : .shown(tested),
                    .text(second.median), .shown(checked),
                ])
        }
        return table.isGood
    }

    private static func run(
        _ setting: Setting, _ random: inout Random
    ) -> (alone: Int?, tested: Int?, isChecked: Bool) {
        let sequence = ConfidenceSequence(level: 0.05)
        var (control, treatment) = (PairPowerSums(), PairPowerSums())
        var (alone, tested, isChecked): (Int?, Int?, Bool) = (nil, nil, false)
        for night in 1...Peeking.nights {
            for _ in 0..<units {
                unit(&control, setting.rate, lost: 0, setting.spread, &random)
                unit(&treatment, setting.rate * (1 + setting.gain), lost: setting.lost, setting.spread, &random)
            }
            guard night >= days else { continue }
            let parts = (control.moments, treatment.moments)
            guard let first = parts.0.aggregate.ratio, let second = parts.1.aggregate.ratio else { continue }
            let ratio = sequence.compare(.means(control: first, treatment: second))
            guard let interval = ratio.differenceInterval, interval.lower > 0 else { continue }
            alone = alone ?? night
            let test = DenominatorTest(control: parts.0, treatment: parts.1, level: 0.05)
            if test.mayExplain(lift: ratio.lift) { isChecked = true } else { tested = tested ?? night }
            if tested != nil { break }
        }
        return (alone, tested, isChecked)
    }

    /// A unit's clicks, and those of its orders; what is lost of the clicks is lost in the log alone.
    private static func unit(
        _ sums: inout PairPowerSums, _ rate: Double, lost: Double, _ spread: Double, _ random: inout Random
    ) {
        let size = 4 * random.logNormal(spread)
        let clicks = random.poisson(size)
        var (orders, recorded) = (0.0, 0.0)
        for _ in 0..<Int(clicks) {
            if random.chance(rate) { orders += 1 }
            if lost == 0 || !random.chance(lost) { recorded += 1 }
        }
        sums.add(orders, recorded)
    }
}
