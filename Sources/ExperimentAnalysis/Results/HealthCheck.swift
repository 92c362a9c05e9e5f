import ExperimentStatistics
import Experimentation

/// Looks for what is wrong with an experiment: alarms first, in the order in which they should be looked into.
enum HealthCheck {
    static func problems(
        of result: ExperimentResult, _ times: [EventTimes], shape: [HealthProblem], doubled: DoubleCheck,
        lost: LostExposureCheck, misspelt: [HealthProblem], lastExposure: Int64?, until end: Int64?,
        _ calendar: DayCalendar
    ) -> [HealthProblem] {
        let level = levelOfLeftOut(result, doubled)
        let parts: [[HealthProblem]] = [
            sampleRatio(result), lost.problems(of: result, level: levelOfDiscards(result, lost)), crossovers(result),
            misspelt, discards(result, lost), links(result, lost), unitsLeftOut(result, level),
            doubled.problems(of: result, level: level), eventTimes(times), shape, imbalances(result),
            silence(result, lastExposure, end, calendar), units(result),
            result.metrics.flatMap(skewness),
            implausibleLifts(result), severalKinds(result), missingMetrics(result),
            KindCheck.problems(of: result, level: level),
            NameCheck.problems(of: result, level: level),
            result.movedDenominators.map { .denominatorMoved($0) },
            strays(result),
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
        guard result.units.crossover >= HealthProblem.fewestCrossovers else { return [] }
        let share = Double(result.units.crossover) / Double(result.units.exposed)
        return share > HealthProblem.crossoverThreshold ? [.crossovers(share: share)] : []
    }

    /// Units, not outcomes: a treatment may well bring more of those.
    ///
    /// For the same reason nothing is said about outcomes after the window, nor about those after an exposure in another
    /// phase.
    private static func discards(_ result: ExperimentResult, _ lost: LostExposureCheck) -> [HealthProblem] {
        let discarded: [(reason: DiscardReason, units: (ExperimentResult.Variant) -> Int)] = [
            (.crossover, { $0.unitsExposed - $0.units }), (.beforeExposure, { $0.discarded(.beforeExposure).newUnits }),
        ]
        guard let control = result.variants.first(where: \.isControl) else { return [] }
        let treatments = result.variants.filter { !$0.isControl && $0.weight > 0 }
        let level = levelOfDiscards(result, lost)
        return discarded.flatMap { reason, units -> [HealthProblem] in
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

    /// The level of a test of units that are lost: of two sorts of discards, of links where there are any, each with every
    /// treatment, and of exposures.
    private static func levelOfDiscards(_ result: ExperimentResult, _ lost: LostExposureCheck) -> Double {
        let control = result.variants.first(where: \.isControl)
        let treatments = result.variants.count { !$0.isControl && $0.weight > 0 }
        let shares = control?.unitsLinked == nil ? 2 : 3
        return TrustShares().level(of: .discards, tests: shares * treatments + lost.tests)
    }

    /// Links decide which outcomes are found, so a variant that makes more of them finds more.
    private static func links(_ result: ExperimentResult, _ lost: LostExposureCheck) -> [HealthProblem] {
        guard let control = result.variants.first(where: \.isControl), let linked = control.unitsLinked else {
            return []
        }
        let treatments = result.variants.filter { !$0.isControl && $0.weight > 0 }
        let level = levelOfDiscards(result, lost)
        let first = Proportion(successes: linked, of: control.units)
        return treatments.compactMap { treatment in
            let second = Proportion(successes: treatment.unitsLinked ?? 0, of: treatment.units)
            let test = ShareBalanceTest(control: first, treatment: second, weights: (control.weight, treatment.weight))
            guard test.isAlarm(level: level) else { return nil }
            return .unevenLinks(
                variantID: treatment.variantID, control: first.share, treatment: second.share,
                pValue: pValue(test.logEValue))
        }
    }

    /// Where a unit that was not measured says nothing, the share of those must not differ: a page that crashes before it
    /// reports its time looks fast.
    private static func unitsLeftOut(_ result: ExperimentResult, _ level: Double) -> [HealthProblem] {
        guard let control = result.variants.first(where: \.isControl) else { return [] }
        let treatments = result.variants.filter { !$0.isControl && $0.weight > 0 }
        let metrics = asked(result)
        return metrics.flatMap { metric -> [HealthProblem] in
            treatments.compactMap { treatment -> HealthProblem? in
                let isZero = metric.absence == nil
                guard let first = isZero ? metric.unmeasured(control.variantID) : metric.leftOut(control.variantID),
                    let second = isZero ? metric.unmeasured(treatment.variantID) : metric.leftOut(treatment.variantID)
                else { return nil }
                let test = ShareBalanceTest(
                    control: first, treatment: second, weights: (control.weight, treatment.weight))
                guard test.isAlarm(level: level) else { return nil }
                return .unitsLeftOut(
                    UnitsLeftOut(
                        metric: metric.metric, variantID: treatment.variantID, control: first.share,
                        treatment: second.share, pValue: pValue(test.logEValue),
                        isZero: isZero, isDeciding: metric.role != .secondary && metric.absence == .byDefault))
            }
        }
    }

    /// The metrics of which units that were not measured say nothing, or look good.
    private static func asked(_ result: ExperimentResult) -> [MetricResult] {
        result.metrics.filter { $0.absence != nil || $0.isMeasured(control: result.control) }
    }

    /// The level of a test of units that a metric misses or has twice: left out, recorded as another kind or by another name, or
    /// recorded again.
    private static func levelOfLeftOut(_ result: ExperimentResult, _ doubled: DoubleCheck) -> Double {
        let metrics =
            asked(result).count + KindCheck.deciding(result).count + NameCheck.deciding(result).count + doubled.tests
        let treatments = result.variants.count { !$0.isControl && $0.weight > 0 }
        return TrustShares().level(of: .unitsLeftOut, tests: metrics * treatments)
    }

    private static func eventTimes(_ times: [EventTimes]) -> [HealthProblem] {
        times.flatMap { times -> [HealthProblem] in
            var found: [HealthProblem] = []
            if let cut = times.cut {
                found.append(.timesCut(metric: times.metric, grain: cut.grain, outcomes: cut.lost, since: cut.since))
            }
            if let silence = times.silence {
                found.append(.silentMetric(metric: times.metric, days: silence.days, expected: silence.expected))
            }
            return found
                + times.silentVariants.map {
                    .silentVariant(metric: times.metric, variantID: $0.variantID, expected: $0.expected)
                }
                + times.gaps.map {
                    .gapInVariant(
                        metric: times.metric, variantID: $0.variantID, day: $0.day, days: $0.days,
                        expected: $0.expected)
                }
        }
    }

    /// What the units of every variant did before: nothing but a fault can make that differ.
    private static func imbalances(_ result: ExperimentResult) -> [HealthProblem] {
        PastTrust.imbalances(result.metrics, control: result.control).map {
            .imbalance(metric: $0.metric, variantID: $0.variantID, pValue: pValue($0.test.logEValue))
        }
    }

    /// The p-value that holds at every look, of an e-value.
    private static func pValue(_ logEValue: Double) -> Double {
        var evidence = RunningEvidence()
        evidence.add(logEValue)
        return evidence.pValue
    }

    /// The silence of the whole days before the report's end.
    private static func silence(
        _ result: ExperimentResult, _ lastExposure: Int64?, _ end: Int64?, _ calendar: DayCalendar
    ) -> [HealthProblem] {
        guard result.status == .running, let lastExposure, let end, let first = result.startDay else {
            return []
        }
        let (day, hours) = (calendar.day(at: end), Int((end - lastExposure) / 3_600_000_000))
        guard first < day, day - first < 3_650 else { return [] }
        var counts = [Int](repeating: 0, count: day - first)
        for one in result.days where (first..<day).contains(one.day) {
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

    /// Clocks that start at 0 left out: a year is what nobody would take for a slow beginning.
    private static func strays(_ result: ExperimentResult) -> [HealthProblem] {
        guard let start = result.startDay else { return [] }
        let early = result.days.filter { $0.day >= StartDay.earliest && $0.day < start - HealthProblem.strayDays }
        let units = early.reduce(0) { sum, day in sum + day.variants.reduce(0) { $0 + $1.units } }
        guard units > 0, let first = early.first?.day else { return [] }
        return [.strayExposures(units: units, day: first, startDay: start)]
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
                guard let lift = comparison.estimate.lift, comparison.isImplausible(beyond: result.plausibleLift)
                else { return nil }
                return .implausibleLift(metric: metric.metric, variantID: comparison.variantID, lift: lift)
            }
        }
    }

    /// Metrics come by name, so twins are neighbours; of a name that is defined ``KindCheck`` says more.
    private static func severalKinds(_ result: ExperimentResult) -> [HealthProblem] {
        var twins: [MetricName] = []
        for (first, second) in zip(result.metrics, result.metrics.dropFirst())
        where first.metric == second.metric && twins.last != first.metric
            && first.definedKind == nil && second.definedKind == nil
        {
            twins.append(first.metric)
        }
        return twins.map { .severalKinds(metric: $0) }
    }

    private static func missingMetrics(_ result: ExperimentResult) -> [HealthProblem] {
        guard result.units.analysed > 0 else { return [] }
        var known = Set(result.metrics.filter { $0.definedKind == nil }.map(\.metric))
        let missing = (result.goals + result.guardrails.map(\.metric)).filter { known.insert($0).inserted }
        return missing.map { .missingMetric(metric: $0) }
    }
}
