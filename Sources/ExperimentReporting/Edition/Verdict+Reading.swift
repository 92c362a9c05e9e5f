import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// The verdict where no decision rule speaks: health first, then what the deciding metric shows, without a decision.
extension Verdict {
    init(reading result: ExperimentResult, _ rows: [EffectRow], today: Day?) {
        if result.status == .draft, result.units.exposed == 0 {
            self = .draft
        } else if let problem = result.problems.first(where: \.isAlarm) {
            self = .dontRead(problem, result)
        } else if let silent = Verdict.silence(result, today) {
            self = silent
        } else if let row = Card.decidingRow(rows) {
            self = .reading(row, result)
        } else {
            self = .undecided(result)
        }
    }

    private static let draft = Verdict(
        kind: .draft, word: "Draft", reason: "Not started.", sentence: "It has not been started.",
        rule: "Units see the control until it runs.")

    // MARK: Repair

    private static func dontRead(_ problem: HealthProblem, _ result: ExperimentResult) -> Verdict {
        Verdict(
            kind: .dontRead, word: "Don’t read", reason: "\(ProblemText.reason(problem, result)).",
            sentence: "\(ProblemText.sentence(problem, result)).",
            rule: "No verdict while this stands. \(ProblemText.remedy(problem))",
            health: ProblemText.short(problem))
    }

    /// A running experiment that was silent on the last whole day; the clock is the data's, or that of `--as-of`.
    private static func silence(_ result: ExperimentResult, _ today: Day?) -> Verdict? {
        guard result.status == .running else { return nil }
        let rule: Phrase = "Alarm when a running experiment has no exposure on the last whole day."
        guard let last = result.days.last.map({ Day($0.day) }) else {
            return Verdict(
                kind: .noData, word: "No data", reason: "No exposure yet.",
                sentence: "It runs, but nobody was exposed yet.",
                rule: rule, health: "no exposure yet")
        }
        guard let today, last.number < today.number - 1 else { return nil }
        return Verdict(
            kind: .noData, word: "No data", reason: "No exposure since \(last.short).",
            sentence: "No exposure since \(last.short). The figures below are those of that day.", rule: rule,
            health: "nothing since \(last.short)")
    }

    // MARK: Readings

    private static func reading(_ row: EffectRow, _ result: ExperimentResult) -> Verdict {
        let (kind, word) = kind(row, result)
        return Verdict(
            kind: kind, word: word, variantID: row.tone == .none ? nil : row.treatment.variantID,
            reason: reason(row), sentence: sentence(row, result), rule: rule(row))
    }

    private static func kind(_ row: EffectRow, _ result: ExperimentResult) -> (Kind, String) {
        if result.status == .stopped { return (.closed, "Stopped") }
        return switch row.comparison.reading {
        case .better: (.better, "Better:")
        case .worse: (.worse, "Worse:")
        case .marginBroken: (.worse, "Margin broken:")
        case .notYet: (.unclear, "Not yet clear")
        case .unclear, .withinMargin, .marginNotSettled: (.unclear, "Unclear")
        }
    }

    private static func reason(_ row: EffectRow) -> Phrase {
        switch row.comparison.reading {
        case .better, .worse: "\(name: row.metric.metric) \(row.effectText), clear at every look."
        case .marginBroken:
            "\(name: row.metric.metric) \(row.effectText); the margin is \(NumberText.level(row.metric.margin ?? 0))."
        default: "\(name: row.metric.metric) \(row.effectText), \(row.reading)."
        }
    }

    private static func sentence(_ row: EffectRow, _ result: ExperimentResult) -> Phrase {
        let change: Phrase =
            row.isShare
            ? "With \(name: row.treatment.variantID), \(row.mean(row.treatment)) of \(result.unit.rawValue)s have \(name: row.metric.metric) instead of \(row.mean(row.control))."
            : "With \(name: row.treatment.variantID), \(name: row.metric.metric) is \(row.mean(row.treatment)) a \(result.unit.rawValue) instead of \(row.mean(row.control))."
        guard row.lift != nil else {
            return change + " \(NumberText.capitalized(InferenceText.reason(row.comparison.inference.status)))."
        }
        let line: Phrase =
            row.line != nil
            ? "with every look allowed for, \(row.lineText)"
            : "for one look, \(row.barText)"
        switch row.comparison.reading {
        case .better, .worse: return change + " That is \(row.liftText); \(line)."
        case .marginBroken:
            return change
                + " That is \(row.liftText); \(line). The guardrail allows \(NumberText.level(row.metric.margin ?? 0)); even the most favourable reading is beyond it."
        case .notYet:
            return change
                + " That is \(row.liftText), and would be clear had this been the only look; \(line)."
        default:
            return
                "Nothing is clear yet. \(name: row.metric.metric) moved by \(row.liftText), and anything from \(row.line != nil ? row.lineText : row.barText) still fits the data. That is no sign of no effect."
        }
    }

    private static func rule(_ row: EffectRow) -> Phrase {
        switch row.comparison.reading {
        case .marginBroken: "Rule: broken when the always-valid interval of a guardrail lies wholly beyond its margin."
        default:
            "Rule: better or worse when the always-valid interval of the first goal, \(name: row.metric.metric), excludes zero; a broken guardrail comes first."
        }
    }

    private static func undecided(_ result: ExperimentResult) -> Verdict {
        let kind = result.status == .stopped ? Kind.closed : .unclear
        let word = result.status == .stopped ? "Stopped" : "Open"
        if result.control.isEmpty {
            return Verdict(
                kind: kind, word: word, reason: "No control.",
                sentence: "No variant is declared as the control, so there is nothing to compare with.",
                rule: "Set \(code: "is_control") on one variant in a new phase.", health: "no control")
        }
        guard let goal = result.goals.first else {
            return Verdict(
                kind: kind, word: word, reason: "No metric is named as its goal.",
                sentence: "No metric is named as the one that decides; the table shows what moved.",
                rule: "Name the metrics that decide as \(code: "goals") in the definitions file.")
        }
        return Verdict(
            kind: kind, word: word, reason: "No outcome of \(name: goal) yet.",
            sentence: "No outcome of \(name: goal), which decides, counts yet.",
            rule: "An outcome counts from its unit’s first exposure on.", health: "no outcome yet")
    }
}
