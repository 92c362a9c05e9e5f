import Experimentation

extension ExperimentFold {
    /// Contributions of a unit to the metrics it has an outcome of, by name and kind; none for a unit that is left out.
    func contributions(of unit: PassUnits.Unit) -> [UnitContribution] {
        let parts = outcomes.cells.count
        let (cells, place) = (Int(unit.place) % parts, Int(unit.place) / parts)
        guard roster.variant(cells, place) >= 0 else { return [] }
        return metrics.reported.compactMap { contribution(to: $0, cells, place) }
    }

    private func contribution(to metric: PassMetrics.Reported, _ cells: Int, _ unit: Int) -> UnitContribution? {
        let own = outcomes.cells[cells].experiments[place]
        let measures = metric.statistic.measures
        let kept = measures.map { own.kept[$0]?.outcomes(of: unit) ?? 0 }
        let before = measures.map { own.before[$0]?.outcomes(of: unit) ?? 0 }
        guard (kept + before).contains(where: { $0 > 0 }) else { return nil }
        let parts = measures.compactMap { values($0, withPast: true)?.parts[cells] }
        guard parts.count == measures.count else { return nil }
        let counts = parts.allSatisfy { $0.counts[unit] }
        var contribution = UnitContribution(
            metric: metric.definition.name, kind: metric.definition.kind,
            aggregation: metric.definition.value?.aggregation, counts: counts, outcomes: kept.reduce(0, +))
        switch metric.statistic {
        case .mean:
            contribution.covariateOutcomes = before.reduce(0, +)
            guard counts else { break }
            contribution.value = parts[0].values[unit]
            contribution.covariate = parts[0].pasts[unit]
        case .ratio:
            guard counts else { break }
            contribution.numerator = parts[0].values[unit]
            contribution.denominator = parts[1].values[unit]
        case .quantile(_, let quantile):
            if counts, quantile.population != .events { contribution.value = parts[0].values[unit] }
        }
        return contribution
    }
}
