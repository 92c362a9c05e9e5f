import ExperimentStatistics
import Experimentation

/// Looks for what is wrong with an experiment: alarms first, in the order in which they should be looked into.
enum HealthCheck {
    static func problems(
        of result: ExperimentResult, _ times: [EventTimes], lastExposure: Int64?, asOf: Int64?,
        _ calendar: DayCalendar
    ) -> [HealthProblem] {
        let parts: [[HealthProblem]] = [
            sampleRatio(result), crossovers(result), discards(result), unitsLeftOut(result), links(result), eventTimes(times),
            imbalances(result), silence(result, lastExposure, asOf, calendar), units(result),
            result.metrics.flatMap(skewness),
            implausibleLifts(result), severalKinds(result), missingMetrics(result),
        ]
        let found = parts.flatMap(\.self)
        return found.filter(\.isAlarm) + found.filter { !$0.isAlarm }
    }

    private static func sampleRatio(_ result: ExperimentResult) -> [HealthProblem] {
        let unexpected = result.sampleRatio.unexpectedUnits
        return (result.split.isMismatch ? [.sampleRatioMismatch] : [])
            + (result.split.mismatches.first.map { [.splitInCell($0)] } ?? [])
            + (unexpected > 0 ? [.unexpectedUnits(count: unexpected)] : [])
    }

    private static func crossovers(_ result: ExperimentResult) -> [HealthProblem] {
        guard result.units.exposed > 0 else { return [] }
        let share = Double(result.units.crossover) / Double(result.units.exposed)
        return share > HealthProblem.crossoverThreshold ? [.crossovers(share: share)] : []
    }

    /// Units, not outcomes: a treatment may well bring more of those.
    ///
    /// For the same reason nothing is said about outcomes after the window, nor about those after an exposure in another
    /// phase.
    private static func discards(_ result: ExperimentResult) -> [HealthProblem] {
        let lost: [(reason: DiscardReason, units: (ExperimentResult.Variant) -> Int)] = [
            (.crossover, { $0.unitsExposed - $0.units }), (.beforeExposure, { $0.discarded(.beforeExposure).newUnits }),
        ]
        guard let control = result.variants.first(where: \.isControl) else { return [] }
        let treatments = result.variants.filter { !$0.isControl && $0.weight > 0 }
        let level = TrustShares().level(of: .discards, tests: sharesCompared(control) * treatments.count)
        return lost.flatMap { reason, units -> [HealthProblem] in
            treatments.compactMap { treatment -> HealthProblem? in
                let test = ShareBalanceTest(
                    control: Proportion(successes: units(control), of: control.unitsExposed),
                    treatment: Proportion(successes: units(treatment), of: treatment.unitsExposed),
                    weights: (control.weight, treatment.weight))
                guard test.isAlarm(level: level) else { return nil }
                return .differentialDiscards(
                    reason: reason, variantID: treatment.variantID, pValue: pValue(test.logEValue))
            }
        }
    }

    /// How many shares of units are compared with the control's: of two sorts of discards, and of links where there are any.
    private static func sharesCompared(_ control: ExperimentResult.Variant) -> Int { control.unitsLinked == nil ? 2 : 3 }

    /// Links decide which outcomes are found, so a variant that makes more of them finds more.
    private static func links(_ result: ExperimentResult) -> [HealthProblem] {
        guard let control = result.variants.first(where: \.isControl), let linked = control.unitsLinked else { return [] }
        let treatments = result.variants.filter { !$0.isControl && $0.weight > 0 }
        let level = TrustShares().level(of: .discards, tests: sharesCompared(control) * treatments.count)
        return treatments.compactMap { treatment in
            let (own, other) = (
                Proportion(successes: linked, of: control.units),
                Proportion(successes: treatment.unitsLinked ?? 0, of: treatment.units)
            )
            let test = ShareBalanceTest(control: own, treatment: other, weights: (control.weight, treatment.weight))
            guard test.isAlarm(level: level) else { return nil }
            func share(_ linked: Int, _ units: Int) -> Double { Double(linked) / Double(max(1, units)) }
            return .unevenLinks(
                variantID: treatment.variantID, control: share(linked, control.units),
                treatment: share(treatment.unitsLinked ?? 0, treatment.units), pValue: pValue(test.logEValue))
        }
    }

    /// Where a unit that was not measured says nothing, the share of those must not differ: a page that crashes before it
    /// reports its time looks fast.
    private static func unitsLeftOut(_ result: ExperimentResult) -> [HealthProblem] {
        guard let control = result.variants.first(where: \.isControl) else { return [] }
        let treatments = result.variants.filter { !$0.isControl && $0.weight > 0 }
        let metrics = result.metrics.filter { $0.absence != nil }
        let level = TrustShares().level(of: .unitsLeftOut, tests: metrics.count * treatments.count)
        return metrics.flatMap { metric -> [HealthProblem] in
            treatments.compactMap { treatment -> HealthProblem? in
                guard let first = metric.leftOut(control.variantID), let second = metric.leftOut(treatment.variantID)
                else { return nil }
                let test = ShareBalanceTest(
                    control: first, treatment: second, weights: (control.weight, treatment.weight))
                guard test.isAlarm(level: level) else { return nil }
                return .unitsLeftOut(
                    UnitsLeftOut(
                        metric: metric.metric, variantID: treatment.variantID, control: first.share,
                        treatment: second.share, pValue: pValue(test.logEValue),
                        isDeciding: metric.role != .secondary && metric.absence == .byDefault))
            }
        }
    }

    private static func eventTimes(_ times: [EventTimes]) -> [HealthProblem] {
        times.flatMap { times -> [HealthProblem] in
            var found: [HealthProblem] = []
            if let cut = times.cut {
                found.append(.timesCut(metric: times.metric, grain: cut.grain, outcomes: cut.lost))
            }
            if let silence = times.silence {
                found.append(.silentMetric(metric: times.metric, days: silence.days, expected: silence.expected))
            }
            return found
                + times.silentVariants.map {
                    .silentVariant(metric: times.metric, variantID: $0.variantID, expected: $0.expected)
                }
        }
    }

    /// What the units of every variant did before: nothing but a fault can make that differ.
    private static func imbalances(_ result: ExperimentResult) -> [HealthProblem] {
        let asked = result.metrics.flatMap { metric in
            metric.comparisons.compactMap { comparison in
                metric.before(comparison.variantID, control: result.control).map {
                    (metric.metric, comparison.variantID, BalanceTest(control: $0.control, treatment: $0.treatment))
                }
            }
        }
        let level = TrustShares().level(of: .imbalance, tests: asked.count)
        return asked.filter { $0.2.isAlarm(level: level) }.map {
            .imbalance(metric: $0.0, variantID: $0.1, pValue: pValue($0.2.logEValue))
        }
    }

    /// The p-value that holds at every look, of an e-value.
    private static func pValue(_ logEValue: Double) -> Double {
        var evidence = RunningEvidence()
        evidence.add(logEValue)
        return evidence.pValue
    }

    /// Only as of a time: a report does not know what time it is.
    private static func silence(
        _ result: ExperimentResult, _ lastExposure: Int64?, _ asOf: Int64?, _ calendar: DayCalendar
    ) -> [HealthProblem] {
        guard result.status == .running, let lastExposure, let asOf, let first = result.days.first?.day else {
            return []
        }
        let (day, hours) = (calendar.day(at: asOf), Int((asOf - lastExposure) / 3_600_000_000))
        guard first < day, day - first < 3_650 else { return [] }
        var counts = [Int](repeating: 0, count: day - first)
        for one in result.days where one.day < day {
            counts[one.day - first] = one.variants.reduce(0) { $0 + $1.exposures }
        }
        return isSilent(counts, from: first) ? [.noRecentExposure(hours: hours)] : []
    }

    /// By the same weekdays of the weeks before; where there are fewer than four weeks by the mean of all days, once the
    /// silence is longer than a weekend.
    private static func isSilent(_ counts: [Int], from first: Int) -> Bool {
        var heartbeat = ExposureHeartbeat()
        for (index, count) in counts.enumerated() {
            heartbeat.add(exposures: count, weekday: ((first + index) % 7 + 7) % 7)
        }
        if heartbeat.silence.isAlarm { return true }
        let silent = heartbeat.silentDays.count
        let before = counts.dropLast(silent)
        guard silent >= HealthProblem.silentDays, before.count < 28, !before.isEmpty else { return false }
        let known = before.reduce(0, +)
        let day = SilenceTest.Day(expected: Double(known) / Double(before.count), eventsKnown: known)
        return SilenceTest(days: Array(repeating: day, count: silent), dispersion: EventDispersion()).isAlarm
    }

    private static func units(_ result: ExperimentResult) -> [HealthProblem] {
        result.variants.compactMap { variant in
            variant.weight > 0 && variant.units < ConfidenceSequence.minimumUnits
                ? .tooFewUnits(variantID: variant.variantID, count: variant.units) : nil
        }
    }

    private static func skewness(_ metric: MetricResult) -> [HealthProblem] {
        metric.comparisons.filter(\.isTooSkewed).map { .skewed(metric: metric.metric, variantID: $0.variantID) }
    }

    private static func implausibleLifts(_ result: ExperimentResult) -> [HealthProblem] {
        result.metrics.flatMap { metric in
            metric.comparisons.compactMap { comparison in
                guard let lift = comparison.inference.lift, comparison.isImplausible(beyond: result.plausibleLift)
                else { return nil }
                return .implausibleLift(metric: metric.metric, variantID: comparison.variantID, lift: lift)
            }
        }
    }

    /// Metrics come by name, so twins are neighbours.
    private static func severalKinds(_ result: ExperimentResult) -> [HealthProblem] {
        var twins: [MetricName] = []
        for (first, second) in zip(result.metrics, result.metrics.dropFirst())
        where first.metric == second.metric && twins.last != first.metric {
            twins.append(first.metric)
        }
        return twins.map { .severalKinds(metric: $0) }
    }

    private static func missingMetrics(_ result: ExperimentResult) -> [HealthProblem] {
        guard result.units.analysed > 0 else { return [] }
        var known = Set(result.metrics.map(\.metric))
        let missing = (result.goals + result.guardrails.map(\.metric)).filter { known.insert($0).inserted }
        return missing.map { .missingMetric(metric: $0) }
    }
}
