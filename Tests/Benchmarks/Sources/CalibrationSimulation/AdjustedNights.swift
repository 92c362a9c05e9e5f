import ExperimentStatistics

/// Sixty nights of a metric with a covariate: the raw sequence, the adjusted one, and both without the guard on skewness.
enum AdjustedNights {
    struct Metric: Sendable {
        let name: String
        let units: (control: Int, treatment: Int)
        let draw: @Sendable (_ random: inout Random, _ effect: Double) -> (Double, Double)
    }

    /// The night on which each first finds a difference.
    private static func run(
        _ metric: Metric, _ effect: Double, _ random: inout Random
    ) -> (raw: Int?, adjusted: Int?, unguarded: Int?) {
        let sequence = ConfidenceSequence(level: 0.05)
        var (control, treatment) = (PairPowerSums(), PairPowerSums())
        var found: (raw: Int?, adjusted: Int?, unguarded: Int?)
        for night in 1...Peeking.nights {
            for _ in 0..<metric.units.control {
                let unit = metric.draw(&random, 0)
                control.add(unit.0, unit.1)
            }
            for _ in 0..<metric.units.treatment {
                let unit = metric.draw(&random, effect)
                treatment.add(unit.0, unit.1)
            }
            guard min(control.count, treatment.count) >= ConfidenceSequence.minimumUnits else { continue }
            let (first, second) = (control.moments, treatment.moments)
            let adjustment = CovariateAdjustment(control: first.aggregate, treatment: second.aggregate)
            func isClear(_ effect: Effect) -> Bool { (sequence.logEValue(of: effect) ?? 0) >= -Level.log(0.05) }
            if found.raw == nil, isClear(adjustment.unadjusted),
                sequence.soundness(control: first.first, treatment: second.first) == .sound
            {
                found.raw = night
            }
            guard isClear(adjustment.effect) else { continue }
            found.unguarded = found.unguarded ?? night
            let slope = adjustment.slope
            if found.adjusted == nil,
                sequence.soundness(control: first.residual(slope: slope), treatment: second.residual(slope: slope))
                    == .sound
            {
                found.adjusted = night
            }
        }
        return found
    }

    private static func normal(_ correlation: Double) -> @Sendable (inout Random, Double) -> (Double, Double) {
        let rest = (1 - correlation * correlation).squareRoot()
        return { random, effect in
            let before = random.normal()
            return (effect + correlation * before + rest * random.normal(), before)
        }
    }

    /// Units who bought before buy more often, and for more.
    private static func conversion(_ rate: Double) -> @Sendable (inout Random, Double) -> (Double, Double) {
        { random, _ in
            let before = random.chance(rate)
            return (random.chance(before ? 0.5 : rate / 2 * (1 + (1 - 2 * rate) / (1 - rate))) ? 1 : 0, before ? 1 : 0)
        }
    }

    private static func revenue(_ random: inout Random, _ effect: Double) -> (Double, Double) {
        let taste = random.logNormal(1)
        let before = random.chance(0.05) ? taste * random.logNormal(0.5) : 0
        return (random.chance(before > 0 ? 0.3 : 0.04) ? taste * random.logNormal(0.5) : 0, before)
    }

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        let metrics = [
            Metric(name: "normal, ρ 0.7, 100 and 100", units: (100, 100), draw: normal(0.7)),
            Metric(name: "normal, ρ 0.7, 180 and 20", units: (180, 20), draw: normal(0.7)),
            Metric(name: "normal, ρ 0, 100 and 100", units: (100, 100), draw: normal(0)),
            Metric(name: "revenue, skewed, 100 and 100", units: (100, 100), draw: revenue),
            Metric(name: "revenue, skewed, 180 and 20", units: (180, 20), draw: revenue),
            Metric(name: "conversion 5 %, 100 and 100", units: (100, 100), draw: conversion(0.05)),
            Metric(name: "conversion 5 %, 450 and 50", units: (450, 50), draw: conversion(0.05)),
            Metric(name: "conversion 0.5 %, 450 and 50", units: (450, 50), draw: conversion(0.005)),
        ]
        var table = LevelTable(
            "60 looks with a covariate, false at 5 %", ["raw", "adjusted", "adjusted, whatever the skewness"])
        for (index, metric) in metrics.enumerated() {
            var random = Random(seed: seed &* 6000 &+ UInt64(index))
            var (raw, adjusted, unguarded) = (Rate(), Rate(), Rate())
            for _ in 0..<experiments {
                let found = run(metric, 0, &random)
                raw.note(found.raw != nil)
                adjusted.note(found.adjusted != nil)
                unguarded.note(found.unguarded != nil)
            }
            table.row(metric.name, [.atMost(raw, 0.05), .atMost(adjusted, 0.05), .shown(unguarded)])
        }
        print("\n| median night of a true effect, ρ 0.7, 100 and 100 a night | raw | adjusted | 1 − ρ² of raw |")
        print("|---|---:|---:|---:|")
        for effect in [0.066, 0.077] {
            var random = Random(seed: seed &* 6500 &+ UInt64(effect * 1000))
            let found = (0..<experiments / 10).map { _ in run(metrics[0], effect, &random) }
            let raw = found.map(\.raw).median
            print(
                "| \(effect) standard deviations | \(raw) | \(found.map(\.adjusted).median) "
                    + "| \(Int(raw).map { "\((Double($0) * 0.51).rounded())" } ?? "–") |")
        }
        let areRatiosGood = RatioNights.table(experiments / 4, seed)
        return leftOut(experiments, seed) && areRatiosGood && table.isGood
    }

    /// A metric of the units that have a value, half of whom have none from before: their past is the mean of the others'.
    ///
    /// With a share of such units that differs it compares different people, which no adjustment repairs.
    private static func leftOut(_ experiments: Int, _ seed: UInt64) -> Bool {
        let sequence = ConfidenceSequence(level: 0.05)
        var table = LevelTable("60 looks at the units that have a value, 200 a variant and night", ["raw", "adjusted"])
        for (index, differs) in [false, true].enumerated() {
            var random = Random(seed: seed &* 6700 &+ UInt64(index))
            var (raw, adjusted) = (Rate(), Rate())
            for _ in 0..<experiments / 4 {
                var known = [PairPowerSums(), PairPowerSums()]
                var unknown = known
                var found = (raw: false, adjusted: false)
                for _ in 0..<Peeking.nights {
                    for variant in known.indices {
                        for _ in 0..<200 {
                            let taste = random.normal()
                            // Who has a value depends on the taste, and in the treatment more of them lose theirs.
                            let threshold = differs && variant == 1 ? 0.18 : 0
                            guard taste + random.normal() > threshold else { continue }
                            let value = taste + random.normal()
                            if random.chance(0.5) {
                                known[variant].add(value, taste + 0.5 * random.normal())
                            } else {
                                unknown[variant].add(value, 0)
                            }
                        }
                    }
                    let mean =
                        (known[0].second + known[1].second) / Double(max(1, known[0].count + known[1].count))
                    let arms = known.indices.map { known[$0].adding(unknown[$0].withSecond(mean)).moments }
                    let adjustment = CovariateAdjustment(control: arms[0].aggregate, treatment: arms[1].aggregate)
                    func isClear(_ effect: Effect) -> Bool { (sequence.logEValue(of: effect) ?? 0) >= -Level.log(0.05) }
                    let slope = adjustment.slope
                    guard
                        sequence.soundness(
                            control: arms[0].residual(slope: slope), treatment: arms[1].residual(slope: slope))
                            == .sound
                    else { continue }
                    found.raw = found.raw || isClear(adjustment.unadjusted)
                    found.adjusted = found.adjusted || isClear(adjustment.effect)
                }
                raw.note(found.raw)
                adjusted.note(found.adjusted)
            }
            table.row(
                differs ? "their share differs, 50 to 45 %" : "their share is the same",
                differs ? [.shown(raw), .shown(adjusted)] : [.atMost(raw, 0.05), .atMost(adjusted, 0.05)])
        }
        return table.isGood
    }
}
