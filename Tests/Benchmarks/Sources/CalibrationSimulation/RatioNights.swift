import ExperimentStatistics

/// Sixty nights of a ratio whose parts have a past: clicks a page of units of very different size.
enum RatioNights {
    private struct Arm {
        var parts = BivariateMomentSums()
        var past = BivariateMomentSums()
        var all = RatioMomentSums()

        /// Units with a taste of their own and with pages whose number is skewed; few clicks a page.
        mutating func add(_ units: Int, _ random: inout Random) {
            for _ in 0..<units {
                let (size, taste) = (random.logNormal(1), 0.05 * random.logNormal(0.7))
                let (pages, before) = (1 + random.poisson(2 * size), 1 + random.poisson(2 * size))
                let (clicks, past) = (random.poisson(taste * pages), random.poisson(taste * before))
                parts.add(clicks, pages)
                self.past.add(past, before)
                all.add(numerator: clicks, denominator: pages, pastNumerator: past, pastDenominator: before)
            }
        }
    }

    static func table(_ experiments: Int, _ seed: UInt64) -> Bool {
        var table = LevelTable(
            "60 looks at a ratio with a past, false at 5 %", ["raw", "adjusted", "adjusted, whatever the skewness"])
        for (index, units) in [(100, 100), (180, 20)].enumerated() {
            var random = Random(seed: seed &* 6800 &+ UInt64(index))
            var (raw, adjusted, unguarded) = (Rate(), Rate(), Rate())
            for _ in 0..<experiments {
                let found = run(units, &random)
                raw.note(found.raw)
                adjusted.note(found.adjusted)
                unguarded.note(found.unguarded)
            }
            table.row(
                "clicks a page, \(units.0) and \(units.1)",
                [.atMost(raw, 0.05), .atMost(adjusted, 0.05), .shown(unguarded)])
        }
        return table.isGood
    }

    private static func run(
        _ units: (Int, Int), _ random: inout Random
    ) -> (raw: Bool, adjusted: Bool, unguarded: Bool) {
        let sequence = ConfidenceSequence(level: 0.05)
        let limit = NormalApproximation.maximumSkewness(level: 0.05)
        var arms = (control: Arm(), treatment: Arm())
        var found = (raw: false, adjusted: false, unguarded: false)
        for _ in 0..<Peeking.nights {
            arms.control.add(units.0, &random)
            arms.treatment.add(units.1, &random)
            guard min(arms.control.parts.count, arms.treatment.parts.count) >= ConfidenceSequence.minimumUnits else {
                continue
            }
            let both = [arms.control, arms.treatment]
            let (ratios, pasts) = (both.compactMap(\.parts.ratioMoments), both.compactMap(\.past.ratioMoments))
            guard ratios.count == 2, pasts.count == 2 else { continue }
            let adjustment = CovariateAdjustment(control: arms.control.all, treatment: arms.treatment.all)
            func isClear(_ effect: Effect) -> Bool { (sequence.logEValue(of: effect) ?? 0) >= -Level.log(0.05) }
            if isClear(adjustment.unadjusted),
                sequence.soundness(control: ratios[0], treatment: ratios[1]) == .sound
            {
                found.raw = true
            }
            guard isClear(adjustment.effect) else { continue }
            found.unguarded = true
            let skewness = NormalApproximation.differenceSkewness(
                of: adjustment.largestResidualSkewness(ratios: ratios, pasts: pasts), control: ratios[0].count,
                treatment: ratios[1].count)
            if skewness <= limit { found.adjusted = true }
        }
        return found
    }
}
