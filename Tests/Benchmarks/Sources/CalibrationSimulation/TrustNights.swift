import ExperimentStatistics

/// Sixty nights of every check of the data, on experiments without a fault and on broken splits.
enum TrustNights {
    /// The rates of seven of the eight metrics whose past is looked at, most of them rare or skewed.
    private static let rates = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4]

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        let areLevelsGood = levels(experiments, seed)
        splits(max(200, experiments / 40), seed)
        lostExposures(max(200, experiments / 40), seed)
        return areLevelsGood
    }

    /// An experiment's alarms, by kind of check.
    private static func run(_ weights: [Double], _ random: inout Random) -> Set<TrustShares.Check> {
        let night = 1000
        let shares = TrustShares()
        let units = weights.map { Int(Double(night) * $0) }
        // Two segments of five values, each night's entry day, and all.
        var (counts, cells) = (Array(repeating: 0, count: 3), Array(repeating: [0, 0, 0], count: 10))
        let tables = units.map { count in rates.map { Binomial(count, $0) } }
        // Crossovers, outcomes before any exposure, and links: of a fifth at once, of a tenth on the next day.
        let properties = units.map { [Binomial($0, 0.01), Binomial($0, 0.003), Binomial($0, 0.2)] }
        let linkedLater = units.map { Binomial($0, 0.1) }
        var covariates = units.map { _ in Array(repeating: PowerSums(), count: rates.count + 1) }
        var discarded = units.map { _ in [0, 0, 0] }
        // Units with outcomes and without an exposure, whose outcomes name the experiment, and of others.
        var strangers = [[0, 0, 0], [0, 0, 0]]
        var leftOut = units.map { _ in Array(repeating: 0, count: 3) }
        let leaving = units.map { [Binomial($0, 0.3), Binomial($0, 0.05), Binomial($0, 0.002)] }
        var alarms = Set<TrustShares.Check>()
        let treatments = 1..<3
        for look in 1...Peeking.nights {
            var today = [0, 0, 0]
            for _ in 0..<night {
                let share = random.unit()
                let variant = share < weights[0] ? 0 : share < weights[0] + weights[1] ? 1 : 2
                today[variant] += 1
                cells[Int(random.next() % 5)][variant] += 1
                cells[5 + Int(random.next() % 5)][variant] += 1
            }
            for variant in today.indices { counts[variant] += today[variant] }
            func split(_ counts: [Int]) -> SplitTest {
                SplitTest(zip(counts, weights).map { .init(count: $0, weight: $1) })
            }
            if split(counts).isAlarm(level: shares.level(of: .split)) { alarms.insert(.split) }
            let seen = cells.count + look
            for cell in cells + [today] where split(cell).isAlarm(level: shares.level(of: .cells), cells: seen) {
                alarms.insert(.cells)
            }
            for variant in units.indices {
                for metric in rates.indices {
                    covariates[variant][metric].add(
                        successes: tables[variant][metric].draw(&random), of: units[variant])
                }
                for _ in 0..<units[variant] {
                    covariates[variant][rates.count].add(random.chance(0.05) ? random.logNormal(1.2) : 0)
                }
                for index in 0..<3 { discarded[variant][index] += properties[variant][index].draw(&random) }
                if look > 1 { discarded[variant][2] += linkedLater[variant].draw(&random) }
                for index in 0..<3 { leftOut[variant][index] += leaving[variant][index].draw(&random) }
            }
            let level = shares.level(of: .imbalance, tests: covariates[0].count * treatments.count)
            for metric in covariates[0].indices {
                let control = covariates[0][metric].moments
                for treatment in treatments
                where BalanceTest(control: control, treatment: covariates[treatment][metric].moments).isAlarm(
                    level: level)
                {
                    alarms.insert(.imbalance)
                }
            }
            for (index, count) in [3, 300].enumerated() {
                for _ in 0..<count {
                    let share = random.unit()
                    strangers[index][share < weights[0] ? 0 : share < weights[0] + weights[1] ? 1 : 2] += 1
                }
                let level = shares.level(of: .discards, tests: 3 * treatments.count + 2)
                if split(strangers[index]).isAlarm(level: level) { alarms.insert(.discards) }
            }
            func compare(_ counts: [[Int]], _ check: TrustShares.Check) {
                let others = check == .discards ? 2 : 0
                let level = shares.level(of: check, tests: counts[0].count * treatments.count + others)
                for index in counts[0].indices {
                    for treatment in treatments {
                        let test = ShareBalanceTest(
                            control: Proportion(successes: counts[0][index], of: units[0] * look),
                            treatment: Proportion(successes: counts[treatment][index], of: units[treatment] * look),
                            weights: (weights[0], weights[treatment]))
                        if test.isAlarm(level: level) { alarms.insert(check) }
                    }
                }
            }
            compare(discarded, .discards)
            compare(leftOut, .unitsLeftOut)
        }
        return alarms
    }

    private static func levels(_ experiments: Int, _ seed: UInt64) -> Bool {
        var table = LevelTable(
            "60 nights, 8 metrics, 2 treatments, 10 cells and a day a night, 1,000 units a night",
            ["any alarm"] + TrustShares.Check.allCases.map(\.rawValue))
        for (index, weights) in [[0.34, 0.33, 0.33], [0.8, 0.1, 0.1]].enumerated() {
            var random = Random(seed: seed &* 10_000 &+ UInt64(index))
            var any = Rate()
            var kinds = TrustShares.Check.allCases.map { _ in Rate() }
            for _ in 0..<experiments {
                let alarms = run(weights, &random)
                any.note(!alarms.isEmpty)
                for (index, check) in TrustShares.Check.allCases.enumerated() {
                    kinds[index].note(alarms.contains(check))
                }
            }
            table.row(
                weights.map { "\(Int($0 * 100))" }.joined(separator: " to "),
                [.atMost(any, 0.001)] + kinds.map { .shown($0) })
        }
        return table.isGood
    }

    /// Nights until it is found that exposures of the treatment's buyers are lost, by the units and by the buyers.
    private static func lostExposures(_ experiments: Int, _ seed: UInt64) {
        let shares = TrustShares()
        print(
            "\n| exposures of the treatment's buyers that are lost, 1,000 units a variant and night of whom 20 % buy "
                + "| other buyers a night | found by the split of all units | found by units without an exposure |")
        print("|---:|---:|---:|---:|")
        for (index, (lost, others)) in [
            (0.02, 0), (0.05, 0), (0.05, 50), (0.05, 400), (0.1, 0), (0.1, 400), (0.3, 400),
        ]
        .enumerated() {
            var random = Random(seed: seed &* 10_700 &+ UInt64(index))
            let buyers = Binomial(200, lost)
            var (first, second) = ([Int?](), [Int?]())
            for _ in 0..<experiments {
                var (units, strangers) = ([0, 0], [0, 0])
                var (bySplit, byStrangers): (Int?, Int?)
                for night in 1...Peeking.nights {
                    let gone = buyers.draw(&random)
                    for _ in 0..<2_000 { units[random.chance(0.5) ? 0 : 1] += 1 }
                    units[1] -= gone
                    strangers[1] += gone
                    for _ in 0..<others { strangers[random.chance(0.5) ? 0 : 1] += 1 }
                    func test(_ counts: [Int]) -> SplitTest { SplitTest(counts.map { .init(count: $0, weight: 1) }) }
                    if bySplit == nil, test(units).isAlarm(level: shares.level(of: .split)) { bySplit = night }
                    let level = shares.level(of: .discards, tests: 3)
                    if byStrangers == nil, test(strangers).isAlarm(level: level) { byStrangers = night }
                }
                first.append(bySplit)
                second.append(byStrangers)
            }
            print("| \(Rate.percent(lost)) | \(others) | \(first.median) | \(second.median) |")
        }
    }

    /// Units until a split of 52 to 48 is found.
    private static func splits(_ experiments: Int, _ seed: UInt64) {
        let shares = TrustShares()
        print("\n| median units until 52 to 48 is found | mean of c = 100, 1,000, 10,000 | c = 10,000 alone |")
        print("|---|---:|---:|")
        for cells in [1, 6, 66] {
            var random = Random(seed: seed &* 10_500 &+ UInt64(cells))
            var (found, alone) = ([Int?](), [Int?]())
            for _ in 0..<experiments {
                var counts = [0, 0]
                var (first, second): (Int?, Int?)
                while first == nil || second == nil, counts[0] + counts[1] < 200_000 {
                    for _ in 0..<100 { counts[random.chance(0.52) ? 0 : 1] += 1 }
                    let test = SplitTest(counts.map { .init(count: $0, weight: 1) })
                    let level = cells == 1 ? shares.level(of: .split) : shares.level(of: .cells)
                    let units = counts[0] + counts[1]
                    if first == nil, test.isAlarm(level: level, cells: cells) { first = units }
                    if second == nil, test.logBayesFactors[2] >= Level.log(Double(cells) / level) { second = units }
                }
                found.append(first)
                alone.append(second)
            }
            print("| \(cells == 1 ? "over all" : "in one of \(cells) cells") | \(found.median) | \(alone.median) |")
        }
    }
}
