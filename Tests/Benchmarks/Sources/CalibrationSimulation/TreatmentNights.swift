import ExperimentStatistics

/// Sixty nights of several treatments, guardrails and metrics that share one level.
enum TreatmentNights {
    private static let units = 100

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        let areGoalsGood = goals(experiments, seed)
        let areGuardrailsGood = guardrails(experiments, seed)
        return areGoalsGood && areGuardrailsGood && discoveries(experiments, seed)
    }

    /// Treatments that do nothing, by how many there are.
    private static func goals(_ experiments: Int, _ seed: UInt64) -> Bool {
        var table = LevelTable("60 looks, any treatment without an effect wins or loses", ["at α/K each", "at α each"])
        for treatments in [1, 3, 7] {
            var random = Random(seed: seed &* 8000 &+ UInt64(treatments))
            let sequence = ConfidenceSequence(level: LevelShares(treatments: treatments).goal)
            var (shared, each) = (Rate(), Rate())
            for _ in 0..<experiments {
                var control = PowerSums()
                var arms = Array(repeating: PowerSums(), count: treatments)
                var largest = -Double.infinity
                for _ in 0..<Peeking.nights {
                    control.addNormal(units, &random)
                    for arm in arms.indices {
                        arms[arm].addNormal(units, &random)
                        let effect = Effect.means(control: control.aggregate, treatment: arms[arm].aggregate)
                        largest = max(largest, sequence.logEValue(of: effect) ?? 0)
                    }
                }
                shared.note(largest >= -Level.log(sequence.level))
                each.note(largest >= -Level.log(0.05))
            }
            table.row("\(treatments)", [.atMost(shared, 0.05), .shown(each)])
        }
        return table.isGood
    }

    /// Seven treatments that truly win, with guardrails that lose exactly their margin.
    private static func guardrails(_ experiments: Int, _ seed: UInt64) -> Bool {
        let treatments = 7
        let margin = 0.02
        let shares = LevelShares(treatments: treatments, guardrails: 3)
        var random = Random(seed: seed &* 8100)
        var holds = (share: Rate(), each: Rate())
        var broken = (share: Rate(), guardrails: Rate(), each: Rate())
        for _ in 0..<experiments / 2 {
            var control = Array(repeating: PowerSums(), count: 3)
            var arms = Array(repeating: control, count: treatments)
            var (hold, breaks) = (-Double.infinity, -Double.infinity)
            for _ in 0..<Peeking.nights {
                for metric in control.indices { control[metric].addNormal(units, mean: 5, &random) }
                for arm in arms.indices {
                    for metric in control.indices {
                        arms[arm][metric].addNormal(units, mean: 5 * (1 - margin), &random)
                        // Whether d + δ·m_C is beyond 0: the margin carries the control's noise, as Fieller's interval has it.
                        let base = control[metric].aggregate
                        let shifted = Aggregate(
                            count: base.count, mean: base.mean * (1 - margin),
                            variance: base.variance.map { $0 * (1 - margin) * (1 - margin) })
                        let effect = Effect.means(control: shifted, treatment: arms[arm][metric].aggregate)
                        guard let logEValue = ConfidenceSequence(level: 0.05).logEValue(of: effect) else { continue }
                        if effect.difference > 0, metric == 0 { hold = max(hold, logEValue) }
                        if effect.difference < 0 { breaks = max(breaks, logEValue) }
                    }
                }
            }
            holds.share.note(hold >= -Level.log(shares.guardrailHolds))
            holds.each.note(hold >= -Level.log(0.05))
            broken.share.note(breaks >= -Level.log(shares.guardrailBroken))
            broken.guardrails.note(breaks >= -Level.log(0.05 / 3))
            broken.each.note(breaks >= -Level.log(0.05))
        }
        var table = LevelTable("60 looks, seven treatments", ["at its share", "at α over the guardrails", "at α each"])
        table.row(
            "ships though its one guardrail is at the margin",
            [.atMost(holds.share, 0.05), .text(""), .shown(holds.each)])
        table.row(
            "one of three guardrails at the margin is called broken",
            [.atMost(broken.share, 0.05), .shown(broken.guardrails), .shown(broken.each)])
        return table.isGood
    }

    /// Eight metrics on which nothing happens, correlated or not: how often e-BH finds one, at any night and at the last.
    private static func discoveries(_ experiments: Int, _ seed: UInt64) -> Bool {
        let metrics = 8
        let sequence = ConfidenceSequence(level: 0.05)
        var table = LevelTable(
            "60 looks at 8 metrics without an effect, e-BH finds one", ["on any night", "on the last"])
        for correlation in [0, 0.5, 0.9] {
            var random = Random(seed: seed &* 8200 &+ UInt64(correlation * 10))
            var (ever, last) = (Rate(), Rate())
            for _ in 0..<experiments {
                var sums = Array(repeating: 0.0, count: metrics)
                var (isEver, isLast) = (false, false)
                for night in 1...Peeking.nights {
                    let common = correlation.squareRoot() * random.normal()
                    for metric in sums.indices {
                        sums[metric] += common + (1 - correlation).squareRoot() * random.normal()
                    }
                    let count = 2 * units * night
                    let found = EValueDiscoveries(
                        sums.map {
                            sequence.logEValue(statistic: $0 / Double(night).squareRoot(), units: Double(count))
                        })
                    isLast = !found.found.isEmpty
                    isEver = isEver || isLast
                }
                ever.note(isEver)
                last.note(isLast)
            }
            table.row("correlation \(correlation)", [.atMost(ever, 0.05), .atMost(last, 0.05)])
        }
        return worse(experiments, seed) && table.isGood
    }

    /// Five metrics on which nothing happens, beside a winner: how often one of them is called worse on some night.
    private static func worse(_ experiments: Int, _ seed: UInt64) -> Bool {
        let sequence = ConfidenceSequence(level: 0.05)
        var random = Random(seed: seed &* 8300)
        var (found, each) = (Rate(), Rate())
        for _ in 0..<experiments {
            var sums = Array(repeating: 0.0, count: 5)
            var isWorse = (found: false, each: false)
            for night in 1...Peeking.nights {
                for metric in sums.indices { sums[metric] += random.normal() }
                let logEValues = sums.map {
                    sequence.logEValue(
                        statistic: $0 / Double(night).squareRoot(), units: Double(2 * units * night))
                }
                if EValueDiscoveries(logEValues).found.contains(where: { sums[$0] < 0 }) { isWorse.found = true }
                if zip(sums, logEValues).contains(where: { $0 < 0 && $1 >= -Level.log(0.05) }) { isWorse.each = true }
            }
            found.note(isWorse.found)
            each.note(isWorse.each)
        }
        var table = LevelTable("60 looks at 5 other metrics of a winner", ["by e-BH", "each at α"])
        table.row("one is called worse", [.atMost(found, 0.05), .shown(each)])
        return table.isGood
    }
}
