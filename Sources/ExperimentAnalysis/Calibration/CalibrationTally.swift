import ExperimentStatistics
import Experimentation

/// The alarms and verdicts of each split so far, night after night.
struct CalibrationTally {
    private let splits: Int
    private let lifts: [Double]
    private let goal: MetricName?
    /// Answers of the nights so far, by split.
    private var said: [Set<Calibration.Answer>]
    /// First night, from 1, on which the goal was clearly better, by lift and split; below, the treatment shipped.
    private var found: [[Int?]]
    private var shipped: [[Int?]]
    private var nights = 0

    init(splits: Int, lifts: [Double], goal: MetricName?) {
        self.splits = splits
        self.lifts = goal == nil ? [] : lifts
        self.goal = goal
        said = Array(repeating: [], count: splits)
        found = self.lifts.map { _ in Array(repeating: nil, count: splits) }
        shipped = found
    }

    mutating func beginNight() { nights += 1 }

    /// Notes what a night says of a split in which nothing happens.
    mutating func note(_ result: ExperimentResult, split: Int) {
        for problem in result.problems where problem.isAlarm {
            said[split].formUnion([.anyAlarm, .alarm(problem.name)])
        }
        let verdict = result.decision.verdict
        if [.ship, .stop, .discuss, .check].contains(verdict) { said[split].insert(.verdict(verdict)) }
        if verdict == .ship || verdict == .stop { said[split].insert(.shipOrStop) }
        for metric in result.metrics {
            if metric.role == .goal, metric.comparisons.contains(where: \.isClear) {
                said[split].insert(.goal(metric.metric))
            }
            if metric.margin != nil,
                metric.comparisons.contains(where: {
                    metric.harmComparison(with: $0.variantID)?.reading == .marginBroken
                })
            {
                said[split].insert(.guardrailBroken(metric.metric))
            }
            if metric.role == .secondary, metric.comparisons.contains(where: \.isClear) {
                said[split].insert(.anotherMetric)
            }
        }
    }

    /// Notes what the same night says where the treatment has a lift.
    mutating func note(_ result: ExperimentResult, split: Int, lift: Int, of treatment: VariantName) {
        if found[lift][split] == nil,
            result.metrics.first(where: { $0.metric == goal })?.comparison(with: treatment)?.isClear == true
        {
            found[lift][split] = nights
        }
        if shipped[lift][split] == nil, result.decision.verdict == .ship, result.decision.variantID == treatment {
            shipped[lift][split] = nights
        }
    }

    /// Whether any night found and shipped a lift in a split, so that no further night is asked.
    func isDone(split: Int, lift: Int) -> Bool { found[lift][split] != nil && shipped[lift][split] != nil }

    // MARK: What it comes to

    /// The answers that can be asked of an experiment, with their frequencies.
    func frequencies(_ result: ExperimentResult, level: Double, standing: Set<String>) -> [Calibration.Frequency] {
        func frequency(_ answer: Calibration.Answer, _ promised: Double?) -> Calibration.Frequency {
            Calibration.Frequency(answer: answer, splits: said.count { $0.contains(answer) }, promised: promised)
        }
        let names = Set(said.flatMap { $0 }.compactMap { if case .alarm(let name) = $0 { name } else { nil } })
        let alarms = names.subtracting(standing).sorted()
        let any = said.count { answers in
            answers.contains { if case .alarm(let name) = $0 { !standing.contains(name) } else { false } }
        }
        let verdicts: [Verdict] = [.ship, .stop, .discuss, .check]
        let goals = result.metrics.filter { $0.role == .goal }.map(\.metric)
        let guardrails = result.metrics.filter { $0.margin != nil }.map(\.metric)
        return [Calibration.Frequency(answer: .anyAlarm, splits: any, promised: TrustShares().level)]
            + alarms.map { frequency(.alarm($0), nil) } + [frequency(.shipOrStop, level)]
            + verdicts.map { frequency(.verdict($0), nil) } + goals.map { frequency(.goal($0), level) }
            + guardrails.map { frequency(.guardrailBroken($0), level) }
            + (result.metrics.contains { $0.role == .secondary } ? [frequency(.anotherMetric, level)] : [])
    }

    /// The verdicts to which each planted lift led.
    var findings: [Calibration.Finding] {
        lifts.indices.map { lift in
            let nights = found[lift].compactMap(\.self).sorted()
            let half = (splits + 1) / 2
            return Calibration.Finding(
                lift: lifts[lift], found: nights.count, shipped: shipped[lift].count { $0 != nil },
                medianNight: nights.count >= half ? nights[half - 1] : nil)
        }
    }
}

extension Comparison {
    /// Whether the interval that holds at every look excludes no difference.
    fileprivate var isClear: Bool { alwaysValid?.differenceInterval.map { !$0.contains(0) } ?? false }
}
