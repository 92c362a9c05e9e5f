import ExperimentStatistics

/// Sixty nights of a quantile: the interval of one variant, the difference, and what a standard error would say.
enum QuantileNights {
    private struct Metric: Sendable {
        let name: String
        let level: DecimalFraction
        /// The true quantile; nil where it is no number but a gap.
        let truth: Double?
        /// The events of a unit.
        let draw: @Sendable (inout Random) -> [Double]
        var isPerEvent = false
        var units = 50
    }

    /// A variant's values in ascending order, and the clusters.
    private struct Sample {
        var sorted = [Double]()
        var units = [[Double]]()

        mutating func add(_ metric: Metric, _ random: inout Random) {
            var more = [Double]()
            for _ in 0..<metric.units {
                let events = metric.draw(&random)
                if metric.isPerEvent { units.append(events) }
                more += events
            }
            more.sort()
            var merged = [Double]()
            merged.reserveCapacity(sorted.count + more.count)
            var index = 0
            for value in sorted {
                while index < more.count, more[index] < value {
                    merged.append(more[index])
                    index += 1
                }
                merged.append(value)
            }
            sorted = merged + more[index...]
        }

        func sample(_ metric: Metric) -> QuantileSample {
            guard metric.isPerEvent, !sorted.isEmpty else {
                return QuantileSample(level: metric.level, sortedValues: sorted)
            }
            let quantile = sorted[metric.level.rank(of: sorted.count) - 1]
            var clusters = EventClusters()
            for unit in units { clusters.add(atOrBelow: unit.count { $0 <= quantile }, of: unit.count) }
            return QuantileSample(level: metric.level, sortedEvents: sorted, clusters: clusters)
        }
    }

    private static let metrics: [Metric] = [
        Metric(name: "median, log-normal", level: 0.5, truth: 1, draw: { [$0.logNormal(1)] }),
        Metric(name: "0.9, log-normal", level: 0.9, truth: 3.602_224_479_279_158, draw: { [$0.logNormal(1)] }),
        Metric(name: "median, whole numbers", level: 0.5, truth: 2, draw: { [$0.poisson(2.3)] }),
        Metric(
            name: "0.7, a gap at the quantile", level: 0.7, truth: nil,
            draw: { [$0.chance(0.7) ? $0.unit() : 100 + $0.unit()] }),
        Metric(
            name: "median of events, clustered by unit", level: 0.5, truth: 1,
            draw: { random in
                let unit = random.logNormal(0.7)
                return (0..<Int(random.poisson(2))).map { _ in unit * random.logNormal(0.7) }
            }, isPerEvent: true),
    ]

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        var table = LevelTable(
            "60 looks at a quantile, 50 units a variant and night",
            ["one variant's interval misses", "a difference is found", "by z with (U − L)/2q"])
        for (index, metric) in metrics.enumerated() {
            var random = Random(seed: seed &* 13_000 &+ UInt64(index))
            let sequence = ConfidenceSequence(level: 0.05)
            var (misses, differs, naive) = (Rate(), Rate(), Rate())
            for _ in 0..<experiments / (metric.isPerEvent ? 40 : 10) {
                var (control, treatment) = (Sample(), Sample())
                var outcome = (misses: false, differs: false, naive: false)
                for _ in 0..<Peeking.nights {
                    control.add(metric, &random)
                    treatment.add(metric, &random)
                    let effect = QuantileEffect(control: control.sample(metric), treatment: treatment.sample(metric))
                    let critical = sequence.critical(units: effect.units)
                    guard min(effect.control.units, effect.treatment.units) >= ConfidenceSequence.minimumUnits,
                        let interval = effect.control.interval(critical: critical),
                        let difference = effect.differenceInterval(critical: critical)
                    else { continue }
                    if let truth = metric.truth, !interval.contains(truth) { outcome.misses = true }
                    if !difference.contains(0) { outcome.differs = true }
                    let (one, other) = (
                        effect.control.estimate(critical: critical), effect.treatment.estimate(critical: critical)
                    )
                    let error =
                        ((one.standardError ?? 0) * (one.standardError ?? 0)
                        + (other.standardError ?? 0) * (other.standardError ?? 0)).squareRoot()
                    if abs(effect.difference ?? 0) > critical * error { outcome.naive = true }
                }
                misses.note(outcome.misses)
                differs.note(outcome.differs)
                naive.note(outcome.naive)
            }
            table.row(
                metric.name,
                [metric.truth == nil ? .text("") : .atMost(misses, 0.05), .atMost(differs, 0.05), .shown(naive)])
        }
        return table.isGood
    }
}
