import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// The sentence of a verdict: what moved, from where to where, and what still fits.
extension VerdictText {
    /// Reason of the verdict in one line, for the summary.
    static func reason(_ result: ExperimentResult, _ row: EffectRow?) -> MarkedText {
        switch result.decision.reason {
        case .noUnits: return "No unit can be analysed yet."
        case .notBegun, .justBegun: return "The experiment has just begun."
        case .notSettled:
            return result.goals.first.map { "No \(result.unit.rawValue) has completed the window of \(name: $0) yet." }
                ?? ""
        case .noRecentExposure, .alarm: return result.problems.first.map { "\(ProblemText.reason($0, result))." } ?? ""
        case .noGoal:
            return result.goals.first.map { "No outcome of \(name: $0) yet." } ?? "No metric is named as its goal."
        case .planComplete:
            guard let row else { return "Plan complete, and nothing is clear." }
            return "Plan complete, and \(fits(row))\(visible(result, " This plan could see "))"
        case .tooSmallToMatter:
            return
                "Any effect is smaller than the \(NumberText.level(result.plan?.minimumLift ?? 0)) that would matter."
        case .guardrailBroken:
            guard let row else { return "A guardrail is broken." }
            return
                "\(name: row.metric.metric) \(row.effectText); the guardrail allows \(NumberText.level(row.metric.margin ?? 0))."
        case .implausible:
            guard let row else { return "" }
            return "\(name: row.metric.metric) \(row.effectText) is unusually large."
        case .planChanged:
            return result.planChanges.last.map { "\(PlanChangeText.sentence($0))." } ?? ""
        case .effectChanges:
            guard let row else { return "" }
            return "\(name: row.metric.metric) \(row.effectText), but\(daysApart(result, row))."
        case .otherUnits:
            guard let row else { return "" }
            return "\(name: row.metric.metric) \(row.effectText), but\(otherUnits(result, row))."
        case .otherDenominator:
            guard let row else { return "" }
            return "\(name: row.metric.metric) \(row.effectText), but\(otherDenominator(result, row))."
        case .tooEarly:
            guard let row else { return "" }
            return "\(NumberText.capitalized(earlyDay(result))); \(name: row.metric.metric) \(row.effectText) so far."
        case .goalBetter, .goalWorse, .guardrailNotClear, .goalNotClear, .otherGoalWorse:
            guard let row else { return "" }
            return "\(name: row.metric.metric) \(row.effectText), \(row.reading)."
        }
    }

    /// Sentence on what the data say, in full.
    static func sentence(_ result: ExperimentResult, _ row: EffectRow?) -> MarkedText {
        switch result.decision.reason {
        case .noUnits, .notBegun, .justBegun: return "No exposure of a unit that can be analysed has arrived yet."
        case .noRecentExposure, .alarm:
            return result.problems.first.map { "\(ProblemText.sentence($0, result))." } ?? ""
        case .noGoal:
            return result.goals.first.map { "No outcome of \(name: $0) counts yet, and \(name: $0) decides." }
                ?? "No metric is named as the one that decides; the table shows what moved."
        default: break
        }
        guard let row else { return "" }
        let moved = change(row, result) + gain(row, result)
        let line = everyLook(row, result)
        switch result.decision.reason {
        case .goalBetter:
            let holds: MarkedText =
                result.guardrails.isEmpty
                ? "" : result.guardrails.count == 1 ? " The guardrail holds." : " The guardrails hold."
            return moved + "; \(line)." + holds
        case .goalWorse: return moved + "; \(line)."
        case .otherGoalWorse: return moved + ", \(row.reading); \(line)."
        case .implausible:
            return moved
                + "; \(line). So large a gain is unusual: check how \(name: row.metric.metric) is recorded before you ship."
        case .effectChanges:
            return moved + "; \(line). But\(daysApart(result, row))."
        case .otherUnits:
            return moved + "; \(line). But\(otherUnits(result, row))."
        case .otherDenominator:
            return moved + "; \(line). But\(otherDenominator(result, row))."
        case .guardrailNotClear:
            return moved + "; \(line). But \(openGuardrails(row, result))."
        case .guardrailBroken:
            return moved
                + "; \(line). The guardrail allows \(NumberText.level(row.metric.margin ?? 0)). A gain elsewhere does not outweigh it."
        case .planChanged:
            return moved + "; \(line). But the plan is strict, and what decides was changed."
        case .tooEarly:
            return moved
                + " so far; \(line). But this is \(earlyDay(result)), and the first days may differ from the rest."
        case .tooSmallToMatter:
            return
                "Any effect on \(name: row.metric.metric) is smaller than the \(NumberText.level(result.plan?.minimumLift ?? 0)) that would matter: \(line)."
        case .planComplete:
            let planned = NumberText.count(result.decision.plannedUnits ?? 0, result.unit.rawValue)
            return
                "The \(planned) of the plan are in, and nothing is clear: \(fits(row))\(visible(result, " With so many, this plan could see "))"
        case .notSettled:
            return
                "No \(result.unit.rawValue) has completed the window of \(name: row.metric.metric) yet, so nothing can be decided\(row.metric.soFar.map { _ in "; the report shows the figures so far" } ?? "")."
        default: return unclear(row, result)
        }
    }

    /// The effects that the interval of an unclear effect leaves open: effects from −19.5 to +23.6% still fit.
    private static func fits(_ row: EffectRow) -> MarkedText {
        let inference = row.comparison.alwaysValid ?? row.comparison.estimate
        guard let interval = inference.liftInterval else { return "the effect may still be on either side of zero." }
        return "effects from \(NumberText.lift(interval, decimals: row.decimals)) still fit."
    }

    /// The smallest effect that the plan's units show; empty where there is none.
    private static func visible(_ result: ExperimentResult, _ start: MarkedText) -> MarkedText {
        guard let lift = result.decision.detectableLift else { return "" }
        let size = NumberText.lift(lift, decimals: NumberText.decimals(halfWidth: lift)).dropFirst()
        return start + "effects of \(String(size)) or more."
    }

    /// ` it is +50% for users of the first 5 days and −6% for those since`.
    private static func daysApart(_ result: ExperimentResult, _ row: EffectRow) -> MarkedText {
        let found = result.entryEffects.first {
            $0.isFound && $0.metric == row.metric.metric && $0.kind == row.metric.kind
                && $0.variantID == row.treatment.variantID
        }
        guard let split = found?.test.clearest else { return "" }
        func size(_ effect: Effect) -> String {
            effect.lift.map { NumberText.lift($0, decimals: 1) }
                ?? NumberText.difference(effect.difference, row.scale)
        }
        let days = split.days == 1 ? "day" : "\(NumberText.count(split.days)) days"
        return
            " it is \(size(split.early)) for \(result.unit.rawValue)s of the first \(days) and \(size(split.late)) for those since"
    }

    /// ` latency was not measured for 10% of the users of t, and for 0% of the control’s: it compares different people`.
    private static func otherUnits(_ result: ExperimentResult, _ row: EffectRow) -> MarkedText {
        guard let units = result.unitsLeftOut(deciding: row.treatment.variantID) else { return "" }
        return " " + ProblemText.sentence(.unitsLeftOut(units), result)
    }

    /// ` orders per user is not clearly better by itself, and clicks per user moved by −10.0% with t (likely between …)`.
    private static func otherDenominator(_ result: ExperimentResult, _ row: EffectRow) -> MarkedText {
        guard let moved = result.denominator(deciding: row.treatment.variantID) else { return "" }
        return
            " \(name: moved.numerator) per \(result.unit.rawValue) is not clearly better by itself, and \(ProblemText.denominator(moved, result))"
    }

    private static func unclear(_ row: EffectRow, _ result: ExperimentResult) -> MarkedText {
        let units = NumberText.count(result.decision.units)
        let are = MaturityText.counted(result)
        let target: MarkedText =
            result.decision.plannedUnits.map {
                "\(units) of the \(NumberText.count($0, result.unit.rawValue)) planned \(are)"
            }
            ?? "\(NumberText.count(result.decision.units, result.unit.rawValue)) \(are), and no number is planned"
        guard !row.comparison.isTooSkewed else {
            return
                "Not clear yet: \(name: row.metric.metric) is too rare or too uneven for variants of such different size. \(target)."
        }
        let daily = row.possible(row.comparison.alwaysValid)
        guard let possible = daily ?? row.possible(row.comparison.estimate) else {
            return "Nothing can be said yet: \(ResultText.reason(row.comparison.inference.status)). \(target)."
        }
        let look: MarkedText = daily == nil ? " \(singleLook(result))" : ""
        return
            "Not clear yet. So far \(name: row.metric.metric) is \(row.effectText) with \(name: row.treatment.variantID), but \(possible) still fits the data\(look). \(target)."
    }

    /// Change from where to where: "purchase: 6.66% of users with express, 6.08% with control".
    private static func change(_ row: EffectRow, _ result: ExperimentResult) -> MarkedText {
        let whose =
            switch row.metric.definition.statistic {
            case .mean: row.scale == .share ? " of \(result.unit.rawValue)s" : " per \(result.unit.rawValue)"
            case .ratio, .quantile: ""
            }
        func size(_ variant: MetricResult.Variant) -> String { variant.mean.map(row.scale.full) ?? "–" }
        return
            "\(name: row.metric.metric): \(size(row.treatment))\(whose) with \(name: row.treatment.variantID), \(size(row.control)) with \(name: row.control.variantID)."
    }

    /// ` That is +21.7%`, and why that is not the lift of the two means.
    private static func gain(_ row: EffectRow, _ result: ExperimentResult) -> MarkedText {
        " That is \(row.effectText)\(BasisText.clause(row, result.unit))"
    }

    /// `the true change is between +4.1 and +42.8% (95% sure, however often we look)`.
    private static func everyLook(_ row: EffectRow, _ result: ExperimentResult) -> MarkedText {
        if let range = row.between(row.comparison.alwaysValid) {
            return
                "the true change is \(range) (\(NumberText.level(result.confidence)) sure, however often we look)"
        }
        guard let range = row.between(row.comparison.estimate) else {
            return "how large the true change is cannot be said yet"
        }
        return "\(singleLook(result)), the true change would likely be \(range)"
    }

    /// When the interval for one look may be used.
    private static func singleLook(_ result: ExperimentResult) -> String {
        result.decision.plannedUnits == nil ? "for a single look" : "at the end of the plan"
    }

    private static func openGuardrails(_ row: EffectRow, _ result: ExperimentResult) -> MarkedText {
        let open = result.guardrails.filter { guardrail in
            let metric = result.metrics.first { $0.metric == guardrail.metric && $0.margin != nil }
            return metric?.comparison(with: row.treatment.variantID)?.reading != .withinMargin
        }
        let names = MarkedText.list(open.map { "\(name: $0.metric)" })
        return "\(names) may still be beyond \(open.count == 1 ? "its limit" : "their limits")"
    }
}
