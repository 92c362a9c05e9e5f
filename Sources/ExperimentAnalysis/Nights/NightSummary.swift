public import Experimentation

/// What a stored night said of an experiment.
public struct NightSummary: Sendable, Hashable {
    /// The last day it covers: days since 1970-01-01, of the calendar in the options.
    public let day: Int
    /// What was to be done.
    public let verdict: Verdict?
    /// The treatment that was about; nil for none in particular.
    public let variantID: VariantName?
    /// What was wrong.
    public let alarms: [NightAlarm]
    /// Analysed units in the order of the experiment's variants.
    public let units: [Int]
}

/// Something that was wrong on a stored night.
public struct NightAlarm: Sendable, Hashable {
    /// The problem's name.
    public let name: String
    /// The metric it was about; nil for none.
    public let metric: MetricName?
    /// The variant it was about; nil for none.
    public let variantID: VariantName?
    /// What else it was about, where an experiment can have several of its name: the reason of a discard.
    public let detail: String?
}

extension NightAlarm {
    /// The alarm that a problem is, as a night stores it.
    /// - Parameter problem: The problem.
    public init(_ problem: HealthProblem) {
        switch problem {
        case .differentialDiscards(let reason, let variantID, _):
            self.init(name: problem.name, metric: nil, variantID: variantID, detail: reason.rawValue)
        case .unitsLeftOut(let units):
            self.init(name: problem.name, metric: units.metric, variantID: units.variantID, detail: nil)
        case .doubledOutcomes(let doubled):
            self.init(name: problem.name, metric: doubled.metric, variantID: doubled.variantID, detail: nil)
        case .exposuresLost(let lost):
            self.init(
                name: problem.name, metric: nil, variantID: lost.variantID,
                detail: lost.isNamed ? "named" : "unnamed")
        case .unevenLinks(let variantID, _, _, _):
            self.init(name: problem.name, metric: nil, variantID: variantID, detail: nil)
        case .timesCut(let metric, let grain, _, _):
            self.init(name: problem.name, metric: metric, variantID: nil, detail: grain.rawValue)
        case .otherKind(let kind):
            self.init(name: problem.name, metric: kind.metric, variantID: nil, detail: kind.recorded.rawValue)
        case .otherName(let name):
            self.init(name: problem.name, metric: name.metric, variantID: nil, detail: name.recorded.text)
        case .gapInVariant(let metric, let variantID, let day, _, _):
            self.init(name: problem.name, metric: metric, variantID: variantID, detail: CivilDate(day).text)
        case .silentMetric(let metric, _, _):
            self.init(name: problem.name, metric: metric, variantID: nil, detail: nil)
        case .silentVariant(let metric, let variantID, _):
            self.init(name: problem.name, metric: metric, variantID: variantID, detail: nil)
        case .constantMetric(let metric, _):
            self.init(name: problem.name, metric: metric, variantID: nil, detail: nil)
        case .variantWithoutOutcomes(let metric, let variantID, _, _):
            self.init(name: problem.name, metric: metric, variantID: variantID, detail: nil)
        case .imbalance(let metric, let variantID, _):
            self.init(name: problem.name, metric: metric, variantID: variantID, detail: nil)
        default: self.init(name: problem.name, metric: nil, variantID: nil, detail: nil)
        }
    }
}

extension NightAlarm {
    /// Whether who was told of it knows the other, too, since one fault shows as both.
    ///
    /// Units that are lost on one platform unsettle the split there first, and the split over all some nights later; what is
    /// recorded before the exposure is a unit's past as well as an outcome that was discarded.
    /// - Parameter other: An alarm of the same experiment.
    /// - Returns: Whether the other says nothing new.
    public func tells(_ other: NightAlarm) -> Bool {
        if self == other { return true }
        switch Set([name, other.name]) {
        case ["sample_ratio_mismatch", "split_in_cell"]: return true
        case ["imbalance", "differential_discards"]:
            return variantID == other.variantID
                && [detail, other.detail].contains(DiscardReason.beforeExposure.rawValue)
        default: return false
        }
    }
}

extension [NightSummary] {
    /// Whether they told of an alarm: in some nights, or of a gap while it lasted.
    /// - Parameters:
    ///   - problem: The alarm.
    ///   - days: The nights that were reported last.
    ///   - last: The last night that was reported.
    /// - Returns: Whether one of them did.
    public func tell(_ problem: HealthProblem, on days: ClosedRange<Int>, through last: Int) -> Bool {
        let alarm = NightAlarm(problem)
        return contains { night in
            if days.contains(night.day), night.alarms.contains(where: { $0.tells(alarm) }) { return true }
            guard case .gapInVariant(let metric, let variantID, let first, let length, _) = problem,
                night.day <= last, (first..<first + length).contains(night.day)
            else { return false }
            return night.alarms.contains(
                NightAlarm(.silentVariant(metric: metric, variantID: variantID, expected: 0)))
        }
    }
}

extension ExperimentResult {
    /// What is wrong with it, as a night stores it.
    var nightAlarms: [NightAlarm] { problems.filter(\.isAlarm).map { NightAlarm($0) } }
}

// MARK: A night that was just stored

extension AnalysisResults {
    /// The results with themselves as the last stored night: as if they were read again after ``NightlyAnalysis``
    /// stored them.
    func adding(night day: Int) -> AnalysisResults {
        var results = self
        for index in results.experiments.indices { results.experiments[index].add(night: day) }
        return results
    }
}

extension ExperimentResult {
    fileprivate mutating func add(night day: Int) {
        let decision = decision
        nights.append(
            NightSummary(
                day: day, verdict: decision.verdict, variantID: decision.variantID, alarms: nightAlarms,
                units: variants.map(\.units)))
        for metric in metrics.indices {
            for comparison in metrics[metric].comparisons.indices {
                metrics[metric].comparisons[comparison].add(night: day)
            }
        }
    }
}

extension Comparison {
    fileprivate mutating func add(night day: Int) {
        history = ComparisonHistory(history.looks + [ComparisonHistory.Look(day: day, inference: nightly)])
    }
}
