import Experimentation

extension WarehouseFold {
    /// The segments of an attribute with its metrics, the smaller ones together last.
    func segments(_ attribute: WarehouseQuery.Attribute, _ query: WarehouseQuery) throws -> [SegmentRows] {
        var values: [Int: AttributeValue?] = [0: nil]
        for row in try numbers.rows(.segment, ofAttribute: attribute.place) {
            values[try row.int(2)] = try row.int(4) == 1 ? nil : AttributeValue(row.optionalText(3) ?? "")
        }
        var segments: [Int: SegmentRows] = [:]
        for row in try numbers.rows(.segmentUnits, ofAttribute: attribute.place) {
            let (place, variant) = (try row.int(2), variants[try place(try row.text(3))])
            var segment = segments[place] ?? SegmentRows(place: place, value: values[place] ?? nil)
            segment.units[variant] = try row.int(4)
            segment.outcomesKept[variant] = attribute.isAsked ? try row.int(5) : 0
            segments[place] = segment
        }
        let order = segments.keys.sorted().filter { $0 > 0 } + (segments[0] == nil ? [] : [0])
        let groups = order.count * variants.count
        func group(_ place: Int, _ variant: String) throws -> Int {
            guard let index = order.firstIndex(of: place) else { throw WarehouseNumbers.inconsistent }
            return try index * variants.count + self.place(variant)
        }
        let goals = Set(phase.goals)
        for entry in numbers.reported where attribute.isAsked || goals.contains(entry.metric.definition.name) {
            let parts = try entry.measures.map { try counted($0) }
            guard let deciding = parts.last, let measure = entry.measures.last, isPresent(measure, deciding) else {
                continue
            }
            let folded: [FoldedGroup]
            if case .ratio = entry.metric.statistic {
                let pairs = try numbers.rows(.segmentRatio, ofAttribute: attribute.place, entry.place, at: 3).map {
                    row in
                    CountedPairs(
                        group: try group(try row.int(2), try row.text(4)), numerator: try row.optionalDouble(5),
                        denominator: try row.optionalDouble(6), pastNumerator: nil, pastDenominator: nil,
                        count: try row.int(7))
                }
                folded = CountedPairs.ratios(pairs, parts[0], deciding, groups: groups, hasPast: false)
            } else {
                let units = try numbers.rows(.segmentValues, ofAttribute: attribute.place, measure, at: 3).map { row in
                    CountedUnits(
                        group: try group(try row.int(2), try row.text(4)), value: try row.optionalDouble(5), past: nil,
                        count: try row.int(6))
                }
                if case .quantile(_, let quantile) = entry.metric.statistic {
                    folded = deciding.quantiles(quantile, units, groups: groups, confidence: numbers.options.confidence)
                } else {
                    folded = deciding.means(units, groups: groups, hasPast: false)
                }
            }
            let whole = Folded(
                metric: entry.metric, cap: entry.measures.count == 1 ? deciding.cap : nil, groups: folded)
            for (index, place) in order.enumerated() {
                let range = index * variants.count..<(index + 1) * variants.count
                segments[place]?.metrics.append(metric(whole, folded[range]))
            }
        }
        return order.compactMap { segments[$0] }
    }
}
