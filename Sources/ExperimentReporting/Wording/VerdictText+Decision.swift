import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// Words for what the rules of decision come to, with the numbers that led there.
extension VerdictText {
    /// The words of an experiment.
    /// - Parameters:
    ///   - result: The experiment.
    ///   - row: The effect that the decision rests on; nil for none.
    ///   - rows: All effects.
    ///   - today: The day of the report, from which days ahead are counted; nil when there is no exposure at all.
    init(_ result: ExperimentResult, _ row: EffectRow?, among rows: [EffectRow], today: Day?) {
        if result.status == .draft, result.units.exposed == 0 {
            self = .draft
            return
        }
        if let startsAt = result.startsAt, result.units.exposed == 0 {
            self = .scheduled(Day(microseconds: startsAt))
            return
        }
        // The stored nights say since when the rules decide so, which is not what silence says.
        if let silent = Self.silence(result) {
            self = silent
            return
        }
        if result.status == .stopped {
            let sentence =
                Self.sentence(result, row) + Self.losses(result, row, rows) + Self.differences(result)
                + Self.changes(result)
            self = VerdictText(
                kind: .closed, word: "Stopped", reason: Self.stopped(result), sentence: sentence,
                rule: "\(Self.stopped(result)) The experiment takes no new units; what it showed stays.",
                health: result.problems.first.map(ProblemText.short))
        } else {
            self = Self.decision(result, row, rows, today)
        }
        since = Self.since(result)
    }

    /// Sentence on when the experiment was stopped, and what everybody gets since.
    private static func stopped(_ result: ExperimentResult) -> MarkedText {
        let day = result.stoppedMicroseconds.map { " on \(Day(microseconds: $0).medium)" } ?? ""
        let winner: MarkedText = result.winner.map { " Everybody gets \(name: $0)." } ?? ""
        return "Stopped\(day)." + winner
    }

    /// First night of those that say the same as the last one; nil where the last says something else than the results.
    private static func since(_ result: ExperimentResult) -> Since? {
        guard let first = firstNight(result), let last = result.nights.last else { return nil }
        return first.day == last.day ? .tonight : .night(Day(first.day))
    }

    /// The first of the last nights in a row that gave tonight's verdict; nil where the last one gave another.
    static func firstNight(_ result: ExperimentResult) -> NightSummary? {
        let decision = result.decision
        return result.nights.reversed().prefix {
            $0.verdict == decision.verdict && $0.variantID == decision.variantID
        }.last
    }

    /// A verdict in a word, without the treatment.
    static func plain(_ verdict: Verdict) -> String {
        switch verdict {
        case .failed: "failed"
        case .noData: "no data"
        case .doNotRead: "don’t trust"
        case .stop: "stop"
        case .discuss: "discuss"
        case .check: "check"
        case .ship: "ship"
        case .keep: "keep control"
        case .inconclusive: "inconclusive"
        case .wait: "wait"
        }
    }

    private static let draft = VerdictText(
        kind: .draft, word: "Draft", reason: "Not started.", sentence: "The experiment has not been started.",
        rule: "Units see the control until it runs.")

    private static func scheduled(_ start: Day) -> VerdictText {
        VerdictText(
            kind: .draft, word: "Scheduled", reason: "Starts on \(start.medium).",
            sentence: "The experiment starts on \(start.medium).", rule: "Units see the control until then.")
    }

    /// A running experiment that nobody is exposed to, as the rules of decision say; without `--as-of` by the latest exposure of the file.
    private static func silence(_ result: ExperimentResult) -> VerdictText? {
        guard result.status == .running else { return nil }
        let rule: MarkedText =
            "Rule: no verdict without exposures. Once there are some, a silence longer than the usual weekdays explain is an alarm."
        guard let last = result.days.last.map({ Day($0.day) }) else {
            guard !result.hasJustBegun else { return nil }
            if result.exposures.noUnit > 0 {
                let exposures = NumberText.count(result.exposures.noUnit, "exposure")
                return VerdictText(
                    kind: .noData, word: "No data", reason: "No exposure has a \(result.unit.rawValue) id.",
                    sentence:
                        "The experiment runs, but none of its exposures counts: \(exposures) without a \(result.unit.rawValue) id.",
                    rule: rule, health: "exposures without a \(result.unit.rawValue) id")
            }
            return VerdictText(
                kind: .noData, word: "No data", reason: "No exposure yet.",
                sentence: "The experiment runs, but nobody was exposed yet.", rule: rule, health: "no exposure yet")
        }
        for case .noRecentExposure(let hours) in result.problems {
            return VerdictText(
                kind: .noData, word: "No data",
                reason: "Nobody exposed for \(NumberText.silence(hours: hours)) (since \(last.short)).",
                sentence:
                    "Nobody was exposed for \(NumberText.silence(hours: hours)); the last exposure was on \(last.short). The figures below are those of that day."
                    + changes(result),
                rule: rule, health: "nothing since \(last.short)")
        }
        return nil
    }

    private static func decision(
        _ result: ExperimentResult, _ row: EffectRow?, _ rows: [EffectRow], _ today: Day?
    ) -> VerdictText {
        let decision = result.decision
        let problem = result.problems.first
        return VerdictText(
            kind: kind(decision.verdict), word: word(decision, result),
            variantID: isAboutVariant(decision.verdict) ? decision.variantID : nil,
            reason: reason(result, row) + lossesInBrief(result, row, rows),
            sentence: sentence(result, row) + losses(result, row, rows) + differences(result) + changes(result)
                + restsOn(result) + earlier(result),
            rule: rule(result, today),
            health: problem.map(ProblemText.short))
    }

    /// Whether a verdict names a treatment; others only rest on one.
    static func isAboutVariant(_ verdict: Verdict) -> Bool {
        switch verdict {
        case .stop, .discuss, .check, .ship: true
        case .failed, .noData, .doNotRead, .keep, .inconclusive, .wait: false
        }
    }

    private static func kind(_ verdict: Verdict) -> Kind {
        switch verdict {
        case .failed: .failed
        case .noData: .noData
        case .doNotRead: .dontRead
        case .stop: .stop
        case .discuss: .discuss
        case .check: .check
        case .ship: .ship
        case .keep: .keep
        case .inconclusive: .inconclusive
        case .wait: .wait
        }
    }

    private static func word(_ decision: Decision, _ result: ExperimentResult) -> String {
        switch decision.verdict {
        case .failed: "Failed"
        case .noData: "No data"
        case .doNotRead: "Don’t trust"
        case .stop: "Stop: harm by"
        case .discuss: "Discuss"
        case .check: "Check"
        case .ship: "Ship"
        case .keep: "Keep control"
        case .inconclusive: "Inconclusive"
        case .wait where decision.reason == .tooEarly || decision.reason == .notSettled && isEarly(result):
            "Wait: \(earlyDay(result))"
        case .wait: result.goals.isEmpty ? "Open" : days(decision).map { "Wait: plan ends in \($0)" } ?? "Wait"
        }
    }

    private static func isEarly(_ result: ExperimentResult) -> Bool {
        (result.wholeDays ?? 0) < result.decision.plannedDays
    }

    /// `day 3 of 7`.
    static func earlyDay(_ result: ExperimentResult) -> String {
        let planned = result.decision.plannedDays
        return "day \(NumberText.count(min((result.wholeDays ?? 0) + 1, planned))) of \(NumberText.count(planned))"
    }

    private static func days(_ decision: Decision) -> String? {
        guard let days = decision.daysLeft, days > 0 else { return nil }
        let whole = Int(min(days, 1_000).rounded(.up))
        return days > 90
            ? "about \(NumberText.count(Int((min(days, 1_000) / 30.4).rounded()))) months"
            : "about \(NumberText.count(whole, "day"))"
    }

    // MARK: The rule

    private static func rule(_ result: ExperimentResult, _ today: Day?) -> MarkedText {
        let goal: MarkedText = result.goals.first.map { "the first goal (\(name: $0))" } ?? "the first goal"
        switch result.decision.reason {
        case .noUnits, .notBegun, .justBegun, .noRecentExposure: return "No verdict without units."
        case .alarm: return "No verdict while an alarm is on. \(result.problems.first.map(ProblemText.remedy) ?? "")"
        case .goalBetter:
            return
                "Rule: ship when all of the interval of \(goal) is on the better side of zero, no other goal is worse, and every guardrail is within its limit."
        case .otherGoalWorse:
            return
                "Rule: where the goals disagree, the decision is yours. Weigh what is gained against what is lost, then ship or keep the control."
        case .implausible:
            return
                "Rule: a gain of more than \(NumberText.level(result.plausibleLift)) is more often a fault of the measurement than an effect. Check the log before you ship."
        case .effectChanges:
            return
                "Rule: a gain that the first days have and the later ones have not, or the other way round, is checked, not shipped: novelty wears off, and habits take their time."
        case .otherUnits:
            return
                "Rule: a gain is not shipped while the first goal or a guardrail leaves out other shares of the variants’ \(result.unit.rawValue)s. Find out why, or count those left out as 0 (\(code: "absent"))."
        case .otherDenominator:
            return
                "Rule: the gain of a ratio is shipped when its numerator per \(result.unit.rawValue) is clearly better, too: a log that loses every tenth click makes orders per click rise. Check how the denominator is recorded, or name it as a guardrail."
        case .goalWorse:
            return
                "Rule: stop when all of the interval of \(goal) is on the worse side of zero. Stop the experiment, or open a new phase without this variant."
        case .guardrailBroken:
            return
                "Rule: stop when all of a guardrail’s interval lies beyond its limit."
        case .tooSmallToMatter:
            return
                "Rule: keep the control when all of the interval lies inside what would not matter, for every treatment and every goal."
        case .planComplete:
            return
                "Rule: inconclusive when the planned units are there, nothing is better, and an effect that matters is not ruled out. More units would tell; else keep the control."
        case .noGoal where result.goals.isEmpty:
            return "Name the metrics that decide as \(code: "goals") in the definitions file."
        case .noGoal:
            return
                "Check that it is recorded; an outcome counts only at or after the first exposure of its \(result.unit.rawValue)."
        case .planChanged:
            return
                "Rule: no verdict but stop, since the plan is strict (\(code: "strict_plan")) and what decides was changed after exposures had arrived. A new phase begins with the plan as it is now."
        case .tooEarly:
            return
                "Rule: nothing is shipped or kept before \(NumberText.count(result.decision.plannedDays, "whole day")): weekdays differ, and novelty wears off. Harm is stopped at once."
        case .notSettled:
            return
                "Rule: a metric with a window counts only \(result.unit.rawValue)s whose window is over, since the others may still act. Harm to a guardrail is stopped at once."
        case .guardrailNotClear, .goalNotClear: return waiting(result, today)
        }
    }

    private static func waiting(_ result: ExperimentResult, _ today: Day?) -> MarkedText {
        let decision = result.decision
        guard let planned = decision.plannedUnits else {
            return
                "Rule: wait until the interval is clear of zero. No number of \(result.unit.rawValue)s is planned, so nothing ends the wait: name one in the definition (\(code: "plan")), or stop the experiment."
        }
        let target: MarkedText =
            "Rule: wait until the effect is clear or \(NumberText.count(planned, result.unit.rawValue)) \(MaturityText.counted(result))."
        guard let days = decision.daysLeft, days > 0, days < 3_650, let today else { return target }
        let date = Day(today.number - 1 + Int(days.rounded(.up)))
        return target + " At the traffic of the last week, that will be on \(date.medium)."
    }
}
