public import ExperimentStatistics
public import Experimentation

/// Result of one experiment in one phase.
public struct ExperimentResult: Sendable, Hashable {
    /// The experiment's id.
    public let experiment: ExperimentName
    /// Status of the experiment: where it is in its life.
    public let status: ExperimentStatus
    /// Time at which the experiment was stopped, in µs since 1970 UTC; nil for one that is not.
    public let stoppedMicroseconds: Int64?
    /// The variant that everybody gets since it was stopped; nil for none.
    public let winner: VariantName?
    /// Scheduled start in µs since 1970 UTC, where it is after the moment of the report; nil where the experiment has
    /// begun, or is a draft.
    public let startsAt: Int64?
    /// Whether the experiment began less than a day before the moment of the report: nobody can miss anything yet.
    public let hasJustBegun: Bool
    /// Unit that is counted: users or sessions.
    public let unit: ExperimentUnit
    /// The number of the phase, from 1.
    public let phase: Int
    /// The id of the control.
    public let control: VariantName
    /// Counts of the experiment's exposures, by what became of them.
    public let exposures: ExposureCounts
    /// Counts of the experiment's units.
    public let units: UnitCounts
    /// Counts of the experiment's outcomes, by what became of them.
    public let outcomes: OutcomeCounts
    /// Variants in the order of their declaration.
    public let variants: [Variant]
    /// Test of whether the variants got the units their weights promise; where not, nothing else can be trusted.
    public let sampleRatio: SampleRatioTest
    /// The test of the split in a form that may be looked at every night.
    public let sequentialSampleRatio: SequentialSampleRatioTest
    /// The split over all units and in cells, by the tests that alarms rest on.
    public let split: SplitCheck
    /// Moment as of which windows are over, in µs since 1970 UTC: that of the report, or just after the last record.
    public let endMicroseconds: Int64
    /// The whole days that are over since the first exposure, stray ones long before the others left out; nil before it.
    public let wholeDays: Int?
    /// The first day that carries a real share of the units, days since 1970-01-01; nil without a unit.
    ///
    /// Days are counted from it on, by the calendar in the options. What a wrong clock dated years before, or a tester saw
    /// before the launch, is before it.
    public let startDay: Int?
    /// The day of the report, likewise.
    let today: Int
    /// The test of the split over all units exposed, crossover units included.
    public let exposedSampleRatio: SampleRatioTest
    /// The days on which it had an enrolled exposure, in order.
    public let days: [DailyCounts]
    /// The outcomes a day of its goals and guardrails.
    public let heartbeats: [MetricHeartbeat]
    /// The stored nights of the phase, in order.
    public internal(set) var nights: [NightSummary]
    /// Metrics with a kept outcome, in order of name and kind.
    public internal(set) var metrics: [MetricResult]
    /// The largest segments by an attribute, if one was asked for; for understanding, never for deciding.
    public let segments: [SegmentResult]
    /// Effects by day of entry, one a goal and treatment: whether the units of the first days differ from those since.
    public let entryEffects: [EntryEffect]
    /// The attributes that the definition declares, each with its values.
    public let declaredSegments: [DeclaredSegment]
    /// Problems of the experiment, alarms first.
    public private(set) var problems: [HealthProblem] = []
    /// Analysis of the experiment: its goals, guardrails, plan and rules, which decide.
    public let analysis: Experiment.Analysis
    /// The level of its intervals: 0.95 for 95 %, shared by the treatments of a goal or a guardrail.
    public let confidence: Double
    /// Changes of the analysis that came after exposures had arrived, in order.
    public let planChanges: [PlanChange]
    /// The nights of the phase that were stored and are no more, in the order in which they were withdrawn.
    public let withdrawnNights: [WithdrawnNight]

    /// Plan: when the experiment is complete, and how large an effect must be; nil for none.
    public var plan: ExperimentPlan? { analysis.plan }

    /// The metrics that decide, by name, the most important first.
    public var goals: [MetricName] { analysis.goals }

    /// The metrics that must not get worse, likewise.
    public var guardrails: [Guardrail] { analysis.guardrails }

    /// Decision on the experiment by the rules: what is to be done.
    public var decision: Decision { DecisionRules(self).decision }

    /// Size of a lift beyond which it is more probably a fault than an effect (Twyman's law).
    public var plausibleLift: Double { plan?.plausibleLift ?? ExperimentPlan.defaultPlausibleLift }

    /// The last verdict of the stored nights that somebody could act on, where tonight's is none; nil for none.
    public var earlierVerdict: EarlierVerdict? { EarlierVerdict(nights, tonight: decision) }

    /// The first and the last day with an exposure, those that wrong clocks dated left out.
    var countedDays: (first: Int, last: Int)? {
        let counted = days.filter { $0.day >= startDay ?? .min && $0.day <= today }
        return counted.first.flatMap { first in counted.last.map { (first.day, $0.day) } }
    }

    /// New analysed units a day, over the seven days before that of the last exposure, which may not be over; nil before
    /// the second day.
    public var unitsPerDay: Double? {
        guard let (first, last) = countedDays, first < last else { return nil }
        let week = max(first, last - 7)..<last
        let units = days.filter { week.contains($0.day) }
            .reduce(0) { sum, day in sum + day.variants.reduce(0) { $0 + $1.units } }
        return units > 0 ? Double(units) / Double(week.count) : nil
    }

    /// Days since the unit of a number was exposed, by the order of first exposures; nil where there are fewer.
    ///
    /// As if units came evenly over a day.
    func daysSince(unit number: Int) -> Double? {
        let end = Double(endMicroseconds) / 86_400_000_000
        var before = 0
        for day in days {
            let units = day.variants.reduce(0) { $0 + $1.units }
            if units > 0, before + units >= number {
                return max(0, end - Double(day.day) - Double(number - before) / Double(units))
            }
            before += units
        }
        return nil
    }

    /// Whether the experiment's units split otherwise than the weights say, over all or in a cell, at every look.
    public var hasSampleRatioMismatch: Bool { split.isMismatch || !split.mismatches.isEmpty }

    /// Whether the experiment's effects may be believed: no alarm says that none may.
    public var isTrustworthy: Bool { !problems.contains(where: \.invalidatesEffects) }
}

extension ExperimentResult {
    init(_ phase: ReportedPhase, _ aggregates: Aggregates, _ options: AnalysisOptions) {
        let numbers = aggregates[phase]
        let reported = ReportedVariant.all(phase, numbers)
        experiment = phase.experiment
        status = phase.status
        stoppedMicroseconds = phase.stopped
        winner = phase.winner
        // Without a time a report is of now.
        let moment = options.asOfMicroseconds ?? aggregates.clock
        let startedAt = phase.status == .running ? phase.startedAt : nil
        startsAt = startedAt.flatMap { $0 > moment ? $0 : nil }
        hasJustBegun = startedAt.map { $0 <= moment && moment - $0 < 86_400_000_000 } ?? false
        unit = phase.unit
        self.phase = phase.number
        control = reported.first(where: \.variant.isControl)?.variant.variantID ?? ""
        analysis = phase.analysis
        confidence = options.confidence
        planChanges = PlanChange.all(
            aggregates.log, phase, numbers.firstArrivals,
            aggregates.nights.experiments[phase.experimentRow] ?? [])
        withdrawnNights = aggregates.nights.withdrawn[phase]
        exposures = numbers.exposures
        units = numbers.units
        outcomes = numbers.outcomes
        variants = reported.map(\.variant)
        let analysed = reported.map { SampleRatioTest.Variant(count: $0.variant.units, weight: $0.variant.weight) }
        sampleRatio = SampleRatioTest(analysed)
        sequentialSampleRatio = SequentialSampleRatioTest(analysed)
        exposedSampleRatio = SampleRatioTest(
            reported.map { SampleRatioTest.Variant(count: $0.variant.unitsExposed, weight: $0.variant.weight) })
        let dailyUnits = DailyCounts.all(numbers.days, reported)
        days = dailyUnits
        startDay = numbers.startDay
        today = options.calendar.day(at: aggregates.now - 1)
        let unitsSince = dailyUnits.filter { $0.day >= numbers.startDay ?? .min }
        nights = (aggregates.nights.experiments[phase.experimentRow] ?? []).map { night in
            NightSummary(
                day: night.day, verdict: night.verdict, variantID: night.variantID, alarms: night.alarms,
                units: reported.map { night.units[$0.variantRow] ?? 0 })
        }
        endMicroseconds = aggregates.now
        wholeDays = numbers.firstExposure.map { max(0, Int((aggregates.now - $0) / 86_400_000_000)) }
        let levels = MetricLevels.Shares(confidence: options.confidence, numbers.metrics, phase, reported)
        let watched = numbers.metricDays.compactMap { days -> (times: EventTimes, heartbeat: MetricHeartbeat?)? in
            guard let metric = numbers.metrics.first(where: { $0.metricRow == days.metricRow }) else { return nil }
            let isWatched = phase.isLatest && phase.status == .running && options.asOfMicroseconds != nil
            let times = EventTimes(
                metric.definition.name, days, reported, units: unitsSince,
                end: options.calendar.day(at: aggregates.now),
                isWatched: isWatched)
            let heartbeat = MetricHeartbeat(
                times, days, reported, units: unitsSince, today: options.calendar.day(at: aggregates.now - 1))
            return (times, heartbeat)
        }
        heartbeats = watched.compactMap(\.heartbeat)
        let compared = numbers.metrics.map {
            MetricResult($0, phase, reported, aggregates.nights, confidence: options.confidence, levels)
        }
        let timesCut = Set(watched.filter { $0.times.cut != nil }.map(\.times.metric))
        metrics = Multiplicity.discover(
            Multiplicity.adjust(PastTrust.withoutBrokenPasts(compared, control: control, timesCut: timesCut)),
            level: levels.level)
        segments = SegmentResult.all(numbers.segments, phase, reported, confidence: options.confidence, levels)
        entryEffects = EntryEffect.all(numbers.entries, numbers.metrics, phase, reported, level: levels.level)
        declaredSegments = DeclaredSegment.all(numbers.declared, phase, reported, level: levels.level)
        split = SplitCheck(variants, days, declaredSegments)
        problems = HealthCheck.problems(
            of: self, watched.map(\.times), shape: ShapeCheck.problems(of: self, numbers.shape, numbers.metrics),
            doubled: DoubleCheck(numbers.doubled, numbers.metrics, reported),
            lost: LostExposureCheck(numbers.strangers, reported, phase),
            misspelt: MisspeltCheck.problems(numbers.strangers, reported, self), lastExposure: numbers.lastExposure,
            // Without a time it is as late as the latest exposure of any experiment, whichever of them are reported.
            until: phase.isLatest ? options.asOfMicroseconds ?? aggregates.latestExposure : nil, options.calendar)
    }
}
