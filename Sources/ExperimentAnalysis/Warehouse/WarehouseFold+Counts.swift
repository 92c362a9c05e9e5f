import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The counts of exposures and outcomes, of an answer.
extension WarehouseFold {
    private func oddTimes(_ row: WarehouseAnswer.Row, at column: Int) throws -> DataShape.Times {
        DataShape.Times(early: try row.int(column), ahead: try row.int(column + 1))
    }

    /// The phase's first exposures of each file whose rows the definitions' file numbers, and the time of all others'.
    func firstArrivals(_ ids: RowIDs) throws -> FirstArrivals {
        var arrivals = FirstArrivals()
        for row in numbers.rows(.arrival, of: name) {
            let file = row.optionalText(2).flatMap { UUID(uuidString: $0) }
            if let file, let number = try row.optionalInt64(3).flatMap({ ids.number($0, of: file) }) {
                arrivals.numbers[number >> RowIDs.blockShift] = number
            } else if let time = try row.optionalInt64(4) {
                arrivals.elsewhere = min(arrivals.elsewhere ?? time, time)
            }
        }
        return arrivals
    }

    func addExposures(to result: inout Aggregates.OfExperiment) throws {
        if let row = numbers.rows(.exposures, of: name).first {
            result.exposures.total = try row.int(2)
            result.exposures.noUnit = try row.int(3)
            result.exposures.repeated = try row.int(4)
            result.exposures.override = try row.int(5)
            result.exposures.notEnrolled = try row.int(6)
            result.exposures.notRunning = try row.int(7)
            result.lastExposure = try row.optionalInt64(8)
            result.shape.exposures = try oddTimes(row, at: 9)
        }
        var kept: [Int: Int] = [:]
        for row in numbers.rows(.fate, of: name) where row.optionalText(3) == "kept" {
            kept[try place(try row.text(2))] = try row.int(4)
        }
        for row in numbers.rows(.units, of: name) {
            let place = try place(try row.text(2))
            result.units.exposed += try row.int(3)
            result.units.analysed += try row.int(4)
            result.units.crossover += try row.int(5)
            if let first = try row.optionalInt64(6) { result.firstExposure = min(result.firstExposure ?? first, first) }
            result.startDay = try row.optionalInt64(7).map { Int($0) } ?? result.startDay
            result.variants[variants[place]] = Aggregates.VariantUnits(
                exposed: try row.int(3), analysed: try row.int(4), linked: nil, outcomesKept: kept[place] ?? 0)
        }
        result.exposures.repeated -= result.units.exposed
    }

    func addOutcomes(to result: inout Aggregates.OfExperiment) throws {
        var discarded: [Int: [DiscardReason: (units: Int, outcomes: Int, new: Int)]] = [:]
        for row in numbers.rows(.fate, of: name) {
            let fate = try row.text(3)
            let reason = fate == "between_phases" ? .beforeExposure : DiscardReason(rawValue: fate)
            guard reason != nil || fate == "kept" else { throw WarehouseNumbers.inconsistent }
            result.outcomes.add(try row.int(4), reason)
            guard reason.map(DiscardReason.ofVariants.contains) ?? true else { continue }
            result.shape.outcomes.add(try oddTimes(row, at: 6))
            guard let reason, let variant = row.optionalText(2) else { continue }
            var own = discarded[try place(variant)]?[reason] ?? (0, 0, 0)
            own.outcomes += try row.int(4)
            if fate != "between_phases" {
                own.units = try row.int(5)
                own.new = try row.int(5)
            }
            discarded[try place(variant), default: [:]][reason] = own
        }
        // A unit can have outcomes from before any phase and from between two.
        for row in numbers.rows(.early, of: name) {
            guard let variant = row.optionalText(2) else { continue }
            discarded[try place(variant), default: [:]][.beforeExposure]?.units = try row.int(3)
        }
        result.discarded = variants.indices.flatMap { variant in
            DiscardReason.ofVariants.compactMap { reason in
                discarded[variant]?[reason].map {
                    Aggregates.VariantDiscards(
                        variantRow: variants[variant], reason: reason, units: $0.units, outcomes: $0.outcomes,
                        newUnits: $0.new)
                }
            }
        }
    }

    func days() throws -> [Aggregates.Day] {
        struct Key: Hashable {
            let day: Int
            let variant: Int
        }
        var counts: [Key: (units: Int, exposures: Int)] = [:]
        for row in numbers.rows(.exposureDay, of: name) {
            counts[Key(day: try row.int(3), variant: try place(try row.text(2))), default: (0, 0)].exposures +=
                try row.int(4)
        }
        for row in numbers.rows(.unitDay, of: name) {
            counts[Key(day: try row.int(3), variant: try place(try row.text(2))), default: (0, 0)].units += try row.int(
                4)
        }
        return counts.map { key, count in
            Aggregates.Day(
                day: key.day, variantRow: variants[key.variant], units: count.units, exposures: count.exposures)
        }
        .sorted { ($0.day, $0.variantRow) < ($1.day, $1.variantRow) }
    }

    /// The doubled outcomes of goals and guardrails that are made of sums or counts.
    func doubled() throws -> [DoubledRows] {
        let metrics = numbers.metrics
        return try metrics.deciding(phase).flatMap { metric in
            try metric.statistic.measures.filter { metrics.isMovedByDoubles($0) }.map { measure in
                var counts: [RowNumber<VariantRow>: DoubledRows.Variant] = [:]
                for row in numbers.rows(.doubled, of: name) where try row.int(2) == measure {
                    counts[variants[try place(try row.text(3))]] = DoubledRows.Variant(
                        units: try row.int(4), doubled: try row.int(5), outcomes: try row.int(6))
                }
                return DoubledRows(metricRow: metric.metricRow, variants: counts)
            }
        }
    }

    func metricDays() throws -> [MetricDays] {
        var found: [Int: MetricDays] = [:]
        for row in numbers.rows(.times, of: name) {
            let measure = numbers.metrics.measures[try numbers.known(try row.int(2))]
            let count = MetricDays.Count(
                variantRow: variants[try place(try row.text(3))], day: try row.int(4), age: try row.int(5),
                isBefore: try row.int(6) == 1, outcomes: try row.int(7),
                atFullHours: try row.int(9), inItsHour: try row.int(10))
            let key = try row.int(2)
            var days =
                found[key] ?? MetricDays(metricRow: measure.metricRow, window: measure.value.windowEnd(after: 0))
            days.counts.append(count)
            // Engines count the minute of midnight alone: times that are cut to the day of another zone show in the file's report.
            let atMidnight = try row.int(8)
            if atMidnight > 0 {
                let lost = count.isBefore && count.age == 0 ? atMidnight : 0
                let before = days.fullestMinute ?? (outcomes: 0, lost: 0)
                days.fullestMinute = (outcomes: before.outcomes + atMidnight, lost: before.lost + lost)
            }
            found[key] = days
        }
        return found.values.map { days in
            var days = days
            days.counts.sort {
                ($0.day, $0.variantRow.value, $0.age, $0.isBefore ? 1 : 0)
                    < ($1.day, $1.variantRow.value, $1.age, $1.isBefore ? 1 : 0)
            }
            return days
        }
        .sorted { $0.metricRow < $1.metricRow }
    }
}
