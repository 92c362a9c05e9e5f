import ExperimentDatabase
import ExperimentStatistics
import Experimentation

extension ExperimentFold {
    /// Units with a value below which a large share is no wonder.
    private static let fewestUnits = 100

    /// The unit with the largest value in a goal or guardrail that is a mean, where it brings an improbable share.
    ///
    /// After the cap, so a cap that holds such a unit also answers the question.
    var dominances: [DataShape.Dominance] {
        let phase = experiment.phase
        let named = Set(phase.goals + phase.guardrails.map(\.metric))
        return metrics.reported.filter { named.contains($0.definition.name) }.compactMap {
            metric -> DataShape.Dominance? in
            guard case .mean(let measure) = metric.statistic, metrics.measures[measure].value.aggregation != .any,
                let values = values(measure, withPast: false)
            else { return nil }
            let request = UnitValues.Request(
                experiment: place, measure: measure, withPast: false, ofSettledOnly: true)
            let largest = totals.total(.largest(request), largest(values)) { $0.add($1) } ?? LargestUnit()
            guard let id = largest.id, largest.units >= Self.fewestUnits, largest.isDominant else { return nil }
            return DataShape.Dominance(
                metricRow: metric.metricRow, unitID: id, share: largest.size / largest.sum.value,
                units: largest.units)
        }
    }

    private func largest(_ values: UnitValues) -> LargestUnit {
        var largest = LargestUnit()
        var places: [UInt32] = []
        for (part, cells) in values.parts.enumerated() {
            for unit in cells.counts.indices where cells.counts[unit] && cells.values[unit] != 0 {
                let size = abs(cells.values[unit])
                largest.sum.add(size)
                largest.units += 1
                guard size >= largest.size else { continue }
                if size > largest.size { places = [] }
                largest.size = size
                // Among more units than that none dominates.
                if places.count < LargestUnit.mostEqual {
                    places.append(UInt32(unit * values.parts.count + part))
                }
            }
        }
        guard largest.isDominant else { return largest }
        let table = pass.exposures.table(experiment.phase.unit)
        largest.id = places.compactMap { table.id($0, experiment: Int32(place)) }.min()
        return largest
    }
}

/// The unit with the largest value of some units, and the sizes of all of their values.
private struct LargestUnit {
    /// A unit with at least this share of a metric is said by name.
    private static let dominantShare = 0.1
    /// The number of units that can have that share at the same time.
    static let mostEqual = 11

    var sum = ExactSum()
    var units = 0
    var size = 0.0
    /// The unit with the least id among the equally large; nil where none dominates these units, and so none more units.
    var id: UnitID?

    var isDominant: Bool { sum.value.isFinite && size > 0 && size >= Self.dominantShare * sum.value }

    mutating func add(_ other: LargestUnit) {
        sum.add(other.sum)
        units += other.units
        if other.size == size { id = [id, other.id].compactMap(\.self).min() }
        if other.size > size { (size, id) = (other.size, other.id) }
    }
}

extension LogPass {
    /// The exposed units of an experiment whose id stands for nobody, with their outcomes.
    func placeholders(_ place: Int) -> [DataShape.Placeholder] {
        let own = DataShape.nobody.map { id -> DataShape.Placeholder? in
            guard let unit = unit(id, place), unit.isExposed else { return nil }
            let (part, own) = (Int(unit.place) % outcomes.cells.count, Int(unit.place) / outcomes.cells.count)
            let cells = outcomes.cells[part].experiments[place]
            let count = metrics.recorded.reduce(0) { $0 + (cells.kept[$1.own]?.outcomes(of: own) ?? 0) }
            return DataShape.Placeholder(unitID: id, outcomes: count)
        }
        let all = totals.total(.placeholders(place), own) { $0 = zip($0, $1).map { $0 ?? $1 } } ?? own
        return all.compactMap(\.self)
    }
}
