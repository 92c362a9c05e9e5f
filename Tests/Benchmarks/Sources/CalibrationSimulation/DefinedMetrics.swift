import ExperimentStatistics

/// The metrics that people define: ratios with their past, caps at a percentile, quantiles.
extension Scenario {
    static let defined: [Scenario] = [
        Scenario(name: "clicks a session with their past, 500 a variant", method: "ratio, CUPED, Fieller", mean: 0.4) {
            random, factor in
            let control = visits(500, 0.4, &random)
            return WelchTest.compare(
                CovariateAdjustment(control: control, treatment: visits(500, 0.4 * factor, &random)).effect)
        },
        Scenario(
            name: "revenue capped at the 95th percentile, 1,000 a variant", method: "Welch, Fieller", mean: 1,
            truth: cappedTruth
        ) { random, factor in
            let control = (0..<1000).map { _ in random.exponential() }
            let treatment = (0..<1000).map { _ in factor * random.exponential() }
            let limits = ValueLimits(cap: Winsorization(level: 0.95).cap(of: control + treatment))
            return WelchTest.compare(
                control: Aggregate(control.map { limits($0) }), treatment: Aggregate(treatment.map { limits($0) }))
        },
        Scenario(
            name: "0.9 of units' log-normal values, 500 a variant", method: "order statistics, MOVER",
            mean: 3.602_224_479_279_158, isExact: false
        ) { random, factor in
            func draw(_ factor: Double) -> QuantileSample {
                QuantileSample(
                    level: 0.9, sortedValues: (0..<500).map { _ in factor * random.logNormal(1) }.sorted())
            }
            let control = draw(1)
            return NormalTest.compare(QuantileEffect(control: control, treatment: draw(factor)))
        },
        Scenario(
            name: "median of events, 0 to 8 a unit that resemble, 300 a variant", method: "order statistics, MOVER",
            mean: 1, isExact: false
        ) { random, factor in
            func draw(_ factor: Double) -> QuantileSample {
                QuantileSample(
                    level: 0.5,
                    eventsByUnit: (0..<300).map { _ in
                        let unit = factor * random.logNormal(0.7)
                        return (0..<Int(random.poisson(2))).map { _ in unit * random.logNormal(0.7) }
                    })
            }
            let control = draw(1)
            return NormalTest.compare(QuantileEffect(control: control, treatment: draw(factor)))
        },
    ]

    /// The rest of a difference of a tenth between exponential values, under the cap that both have together.
    private static let cappedTruth: (difference: Double, lift: Double) = {
        var (lower, upper) = (0.0, 100.0)
        for _ in 0..<200 {
            let cap = (lower + upper) / 2
            let share = 1 - (Level.half(cap / Level.log(2)) + Level.half(cap / 1.1 / Level.log(2))) / 2
            if share < 0.95 { lower = cap } else { upper = cap }
        }
        func mean(_ scale: Double) -> Double { scale * (1 - Level.half(lower / scale / Level.log(2))) }
        return (mean(1.1) - mean(1), mean(1.1) / mean(1) - 1)
    }()

    /// Users of some sessions before and after, each with its own inclination to click.
    private static func visits(_ count: Int, _ rate: Double, _ random: inout Random) -> RatioAggregate {
        var sums = RatioMomentSums()
        for _ in 0..<count {
            let inclination = random.logNormal(0.8) * 0.726_149_037_073_690_3
            let (sessions, before) = (1 + random.poisson(2), random.poisson(4))
            sums.add(
                numerator: random.poisson(rate * inclination * sessions), denominator: sessions,
                pastNumerator: random.poisson(0.4 * inclination * before), pastDenominator: before)
        }
        return sums.aggregate
    }
}
