import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// One experiment of a report.
struct ExperimentReport: Sendable, Hashable {
    let result: ExperimentResult
    let verdict: VerdictText
    /// Metric by metric: those that decide, guardrails, the others; in each, treatments as declared.
    let rows: [EffectRow]
    /// The row that the verdict rests on; nil for none.
    let decidingRow: EffectRow?
    /// The last day with an exposure, that of the report at most: a wrong clock may have dated one later.
    let lastDay: Day?

    init(_ result: ExperimentResult, today: Day?) {
        self.result = result
        lastDay = result.days.last { day in today.map { day.day <= $0.number } ?? true }.map { Day($0.day) }
        let rows = Self.rows(result)
        self.rows = rows
        decidingRow = Self.decidingRow(result, rows)
        verdict = VerdictText(result, decidingRow, among: rows, today: today)
    }

    private static func rows(_ result: ExperimentResult) -> [EffectRow] {
        func place(_ metric: MetricResult) -> Int {
            let named = metric.role == .goal ? result.goals : result.guardrails.map(\.metric)
            let index = named.firstIndex(of: metric.metric) ?? named.count
            let group = metric.role == .goal ? 0 : metric.role == .guardrail ? 1 : 2
            return group * 1_000_000 + (metric.role == .secondary ? 0 : index)
        }
        let ordered = result.metrics.enumerated().sorted {
            (place($0.element), $0.offset) < (place($1.element), $1.offset)
        }
        return ordered.flatMap { _, metric in
            metric.comparisons.compactMap { comparison in
                EffectRow(
                    metric, comparison, control: result.control,
                    isPrimary: metric.role == .goal && result.goals.first == metric.metric,
                    minimumLift: result.plan?.minimumLift)
            }
        }
    }

    /// The row that the decision rests on; where there is none, the first goal's clearest.
    private static func decidingRow(_ result: ExperimentResult, _ rows: [EffectRow]) -> EffectRow? {
        let decision = result.decision
        if decision.reason == .guardrailBroken, let metric = decision.metric, let variantID = decision.variantID,
            let row = EffectRow(soFar: metric, variantID, control: result.control)
        {
            return row
        }
        if let metric = decision.metric, let variantID = decision.variantID,
            let row = rows.first(where: { $0.metric.isSameMetric(as: metric) && $0.treatment.variantID == variantID })
        {
            return row
        }
        let goals = rows.filter { $0.isPrimary }
        return goals.max { strength($0) < strength($1) }
    }

    private static func strength(_ row: EffectRow) -> Double { abs(row.comparison.inference.statistic ?? 0) }

    /// Whether the experiment runs, and nobody was exposed yet but testers: that is no fault.
    var isUnseen: Bool { verdict.kind == .noData && result.exposures.total == result.exposures.override }

    /// Whether something has to be repaired before anything can be read.
    var isRepair: Bool { verdict.kind.isRepair && !isUnseen }

    /// Sentences on problems that somebody should look into, without the problem that the verdict names already.
    var oddities: [MarkedText] { oddProblems.map { "\(ProblemText.sentence($0, result))." } }

    private var oddProblems: [HealthProblem] {
        guard result.status == .running else { return [] }
        return result.problems.filter { problem in
            if case .implausibleLift = problem { return verdict.kind != .check }
            return problem.isOdd
        }
    }

    /// Whether it waits, but not only for time: it is listed under the repairs, and called so everywhere.
    ///
    /// A problem beside a decision is part of the decision's task, since an experiment has one place.
    var needsLook: Bool { !isRepair && !verdict.kind.isDecision && !oddProblems.isEmpty }

    /// The sort of verdict it is shown and listed as.
    var shownKind: VerdictText.Kind { needsLook ? .noData : verdict.kind }

    /// The verdict as lists, tables and the card name it.
    var title: MarkedText { needsLook ? "Look into" : verdict.title }

    /// The same without the treatment, which tables name in another column.
    var shortTitle: String {
        needsLook ? title.plain : verdict.kind == .stop ? "Stop: harm" : verdict.word
    }

    /// Several treatments have a row of their own below the metric's.
    var hasSeveralTreatments: Bool { result.variants.count > 2 }

    /// Axis over what decides; over what must not break, or over everything, where nothing decides.
    var axis: Axis {
        let known = rows.filter { ($0.always ?? $0.oneLook) != nil }
        // Guardrails have their own scale beside goals.
        let goals = known.filter { $0.metric.role == .goal }
        let decisive = goals.isEmpty ? known.filter { $0.metric.role == .guardrail } : goals
        let shown = decisive.isEmpty ? rows : decisive
        let ends = shown.flatMap { row -> [Double] in
            let reach = row.always ?? row.oneLook
            return [reach?.lower, reach?.upper, row.lift].compactMap(\.self)
        }
        // A wild interval must not hide the rest; margins and, where they are not far off, the other dots are seen too.
        let decisiveEnds = ends.map { min(max($0, -2), 2) } + rows.compactMap { $0.margin?.value }
        let reach = decisiveEnds.map(abs).max() ?? 0
        return Axis(covering: decisiveEnds + rows.compactMap(\.lift).filter { abs($0) <= 2 * reach })
    }

    /// Series of the metric that decides as the stored nights saw it, one a treatment; empty where there is no night.
    var series: [NightlySeries] {
        guard let metric = decidingRow?.metric else { return [] }
        return rows.filter { $0.metric.isSameMetric(as: metric) }.map { NightlySeries($0) }.filter {
            !$0.nights.isEmpty
        }
    }

    /// The problems that the verdict does not already name.
    var otherProblems: [HealthProblem] {
        var others = result.problems
        if verdict.kind == .dontRead, !others.isEmpty { others.removeFirst() }
        if verdict.kind == .noData { others.removeAll { if case .noRecentExposure = $0 { true } else { false } } }
        if result.decision.reason == .noGoal {
            others.removeAll { if case .missingMetric(let metric) = $0 { metric == result.goals.first } else { false } }
        }
        if verdict.kind == .check { others.removeAll { if case .implausibleLift = $0 { true } else { false } } }
        return others
    }

    /// Whether another metric has the same name, so that only their kinds tell them apart.
    func hasTwin(_ metric: MetricResult) -> Bool {
        result.metrics.count { $0.metric == metric.metric } > 1
    }

    // MARK: Segments

    /// The metric that is shown by segment: the first goal, else the first there is.
    var segmentMetric: MetricName? { result.goals.first ?? result.metrics.first?.metric }

    /// A segment's effects on that metric.
    func segmentRows(_ segment: SegmentResult) -> [EffectRow] {
        guard let name = segmentMetric, let metric = segment.metrics.first(where: { $0.metric == name })
        else { return [] }
        return metric.comparisons.compactMap {
            EffectRow(metric, $0, control: result.control, isPrimary: false)
        }
    }

    // MARK: Days

    /// The first day that counts: exposures that a wrong clock dated long before make no day of the charts.
    var firstDay: Day? { (result.startDay ?? result.days.first?.day).map { Day($0) } }

    /// The days so far.
    var daysSoFar: Int {
        guard let firstDay, let lastDay else { return 0 }
        return max(0, lastDay.number - firstDay.number + 1)
    }

    /// Whole days to the planned end at the present traffic; 0 without a plan, or where it is done.
    var daysLeft: Int {
        guard result.status == .running, let days = result.decision.daysLeft, days > 0, days < 3_650 else { return 0 }
        return Int(days.rounded(.up))
    }

    /// The day on which the plan should be complete; nil without one.
    var plannedEnd: Day? { daysLeft > 0 ? lastDay.map { Day($0.number + daysLeft) } : nil }

    /// The days of its charts: from the first with an exposure to the planned end, or to the last.
    var days: DayScale? {
        guard let firstDay, let lastDay, firstDay <= lastDay else { return nil }
        return DayScale(first: firstDay, last: plannedEnd ?? lastDay)
    }

    /// Analysed units by day since the first, for one variant; days without an exposure are 0, and the first has those of
    /// before.
    func dailyUnits(_ variant: Int) -> [Int] {
        guard let days, let lastDay else { return [] }
        var counts = [Int](repeating: 0, count: min(lastDay.number - days.first.number + 1, 100_000))
        for day in result.days where day.day - days.first.number < counts.count {
            counts[max(0, day.day - days.first.number)] += day.variants[variant].units
        }
        return counts
    }

    /// A variant's outcomes by day since the first of the charts.
    func counts(_ heartbeat: MetricHeartbeat, variant: Int, in days: DayScale) -> [Int] {
        (days.first.number...max(days.first.number, heartbeat.firstDay + heartbeat.outcomes.count - 1)).map { day in
            let place = day - heartbeat.firstDay
            return heartbeat.outcomes.indices.contains(place) ? heartbeat.outcomes[place][variant] : 0
        }
    }

    /// Number of units with the unit's noun, in the plural where there are several.
    func unit(_ count: Int) -> String { NumberText.count(count, result.unit.rawValue) }

    /// The share of units that a variant's weight promises.
    func planned(_ variant: ExperimentResult.Variant) -> Double {
        let weight = result.variants.reduce(0) { $0 + $1.weight }
        return weight > 0 ? variant.weight / weight : 0
    }
}

extension HealthProblem {
    /// Whether somebody should look into the problem; too few units, or too few of rare outcomes, are a matter of time.
    fileprivate var isOdd: Bool {
        switch self {
        case .severalKinds, .otherKind, .otherName, .missingMetric, .implausibleLift, .placeholderUnit, .dominantUnit,
            .neverExposed:
            true
        default: false
        }
    }
}
