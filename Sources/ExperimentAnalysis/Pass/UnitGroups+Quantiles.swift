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

    /// Groups in a quantile; 8 bytes a unit, or an event, until all are there and can be put in order.
    func quantiles(
        _ quantile: MetricQuantile, _ units: UnitValues, _ request: FoldedGroup.Request, confidence: Double
    ) -> [FoldedGroup]? {
        let level = DecimalFraction(billionths: UInt32(quantile.level.billionths))
        func numbers<Value>(_ total: PassTotal, finishing finish: (inout [Numbers]) -> Value) -> Value? {
            fold(total, Numbers()) { groups, cells, places in
                Self.add(quantile.population, units.parts[cells], places, to: &groups)
            } merging: {
                $0.add($1)
            } finishing: {
                finish(&$0)
            }
        }
        func folded(_ counts: FoldedGroup.Counts, _ sample: QuantileSample) -> FoldedGroup {
            FoldedGroup(
                counts: counts, statistic: .quantile(MetricStatistic.Quantile(sample, confidence: confidence)))
        }
        guard quantile.population == .events else {
            return numbers(.groups(request)) { groups in
                groups.indices.map { group in
                    defer { groups[group].values = [] }
                    return folded(groups[group].counts, QuantileSample(level: level, values: &groups[group].values))
                }
            }
        }
        // A unit's events at or below the quantile are known only once the quantile is.
        let events = numbers(.numbers(request)) { groups in
            let values = Self.values(at: level, &groups)
            return (groups: groups, values: values)
        }
        guard var events else { return nil }
        return clusters(atOrBelow: events.values, units, request) { clusters in
            clusters.indices.map { group in
                defer { events.groups[group].values = [] }
                return folded(
                    events.groups[group].counts,
                    QuantileSample(level: level, events: &events.groups[group].values, clusters: clusters[group]))
            }
        }
    }

    /// The quantile of each group; 0 for those without a number.
    private static func values(at level: DecimalFraction, _ groups: inout [Numbers]) -> [Double] {
        groups.indices.map { group in
            groups[group].values.isEmpty
                ? 0
                : OrderStatistic.value(rank: level.rank(of: groups[group].values.count), in: &groups[group].values)
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

    /// Number of events of each unit that are at or below the quantile of its group.
    private func clusters<Value>(
        atOrBelow quantiles: [Double], _ units: UnitValues, _ request: FoldedGroup.Request,
        finishing finish: (inout [EventClusters]) -> Value
    ) -> Value? {
        fold(.groups(request), EventClusters()) { clusters, cells, places in
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
        } finishing: {
            finish(&$0)
        }
    }
}
