import ExperimentStatistics
import Experimentation

extension UnitGroups {
    /// The numbers that a quantile is taken over, of one group.
    private struct Numbers {
        var counts = FoldedGroup.Counts()
        var values: [Double] = []

        mutating func add(_ other: Numbers) {
            counts.add(other.counts)
            values += other.values
        }
    }

    /// Groups in a quantile; 8 bytes a unit, or an event, while they are put in order.
    func quantiles(_ quantile: MetricQuantile, _ units: UnitValues, confidence: Double) -> [FoldedGroup] {
        let level = DecimalFraction(billionths: UInt32(quantile.level.billionths))
        var groups = fold(Numbers()) { groups, cells, places in
            Self.add(quantile.population, units.parts[cells], places, to: &groups)
        } merging: {
            $0.add($1)
        }
        let clusters = quantile.population == .events ? clusters(level, units, &groups) : []
        return groups.indices.map { group in
            let sample =
                clusters.isEmpty
                ? QuantileSample(level: level, values: &groups[group].values)
                : QuantileSample(level: level, events: &groups[group].values, clusters: clusters[group])
            groups[group].values = []
            return FoldedGroup(
                counts: groups[group].counts,
                statistic: .quantile(MetricStatistic.Quantile(sample, confidence: confidence)))
        }
    }

    private static func add(
        _ population: MetricQuantile.Population, _ part: UnitValues.Part, _ places: [Int32], to groups: inout [Numbers]
    ) {
        for (unit, place) in places.enumerated() where place >= 0 && part.isSettled[unit] {
            let hasOutcome = part.hasOutcome(unit)
            let counts = part.counts[unit] && (hasOutcome || population != .unitsWithOutcome)
            groups[Int(place)].counts.add(counts: counts, hasOutcome: hasOutcome)
            if counts, population != .events { groups[Int(place)].values.append(part.values[unit]) }
        }
        guard population == .events, let kept = part.kept else { return }
        for event in kept.events where part.counts[Int(event.unit)] {
            let place = Int(places[Int(event.unit)])
            if place >= 0 { groups[place].values.append(event.value) }
        }
    }

    /// How many events of each unit are at or below the quantile of its group.
    private func clusters(_ level: DecimalFraction, _ units: UnitValues, _ groups: inout [Numbers]) -> [EventClusters] {
        let quantiles = groups.indices.map { group in
            groups[group].values.isEmpty
                ? 0
                : OrderStatistic.value(rank: level.rank(of: groups[group].values.count), in: &groups[group].values)
        }
        return fold(EventClusters()) { clusters, cells, places in
            let part = units.parts[cells]
            var events = [(all: Int32, atOrBelow: Int32)](repeating: (0, 0), count: places.count)
            for event in part.kept?.events ?? [] {
                let (unit, place) = (Int(event.unit), Int(places[Int(event.unit)]))
                guard place >= 0 else { continue }
                events[unit].all += 1
                if event.value <= quantiles[place] { events[unit].atOrBelow += 1 }
            }
            for (unit, place) in places.enumerated() where place >= 0 && part.counts[unit] {
                clusters[Int(place)].add(atOrBelow: Int(events[unit].atOrBelow), of: Int(events[unit].all))
            }
        } merging: {
            $0.add($1)
        }
    }
}
