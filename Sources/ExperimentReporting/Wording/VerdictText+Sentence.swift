import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// The sentence of a verdict: what moved, from where to where, and what still fits.
extension VerdictText {
    /// One line for the summary.
    static func reason(_ result: ExperimentResult, _ row: EffectRow?) -> MarkedText {
        switch result.decision.reason {
        case .noUnits: return "No unit can be analysed yet."
        case .notBegun, .justBegun: return "The experiment has just begun."
        case .notSettled:
            return result.goals.first.map { "No \(result.unit.rawValue) has had the whole window of \(name: $0) yet." }
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

    /// What the data say, in full.
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
        let line = everyLook(row)
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
                "No \(result.unit.rawValue) has had the whole window of \(name: row.metric.metric) yet, so nothing can be decided\(row.metric.soFar.map { _ in "; the report shows the figures so far" } ?? "")."
        default: return unclear(row, result)
        }
    }

    /// What the interval of an unclear effect leaves open: effects from −19.5 to +23.6% still fit.
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

    // MARK: What else is worse, and what was earned before

    /// What a treatment makes worse besides what the verdict rests on.
    private static func others(_ result: ExperimentResult, _ row: EffectRow?, _ rows: [EffectRow]) -> [EffectRow] {
        result.decision.harms.compactMap { harm in
            if harm.metric.margin != nil,
                let soFar = EffectRow(soFar: harm.metric, harm.variantID, control: result.control)
            {
                return soFar
            }
            return rows.first { $0.metric == harm.metric && $0.treatment.variantID == harm.variantID }
        }.filter { $0 != row }
    }

    private static func loss(_ row: EffectRow, _ result: ExperimentResult) -> MarkedText {
        let treatment: MarkedText = result.variants.count > 2 ? " with \(name: row.treatment.variantID)" : ""
        let role: MarkedText =
            switch (row.metric.role, row.comparison.reading) {
            case (_, .marginBroken): " (beyond its margin)"
            case (.guardrail, .withinMargin): " (within its margin)"
            default: ""
            }
        return "\(name: row.metric.metric) \(row.effectText)\(treatment)\(role)"
    }

    /// ` But clearly worse: revenue −23.5%.`; empty where nothing else is.
    static func losses(_ result: ExperimentResult, _ row: EffectRow?, _ rows: [EffectRow]) -> MarkedText {
        guard result.isTrustworthy else { return "" }
        let others = others(result, row, rows)
        guard !others.isEmpty else { return "" }
        let word =
            switch result.decision.verdict {
            case .ship, .keep, .check, .wait: "But clearly worse"
            case .failed, .noData, .doNotRead, .stop, .discuss, .inconclusive: "Also worse"
            }
        return " \(word): \(MarkedText.list(others.map { loss($0, result) }))."
    }

    /// The same in the line of the summary: at most two, and how many more.
    static func lossesInBrief(_ result: ExperimentResult, _ row: EffectRow?, _ rows: [EffectRow]) -> MarkedText {
        let losses = namedLosses(result, row, rows)
        guard !losses.isEmpty else { return "" }
        return " \(result.decision.verdict == .stop ? "Also worse" : "Worse"): \(MarkedText.list(losses))."
    }

    /// `complaints +308%`; at most two, and how many more.
    static func namedLosses(_ result: ExperimentResult, _ row: EffectRow?, _ rows: [EffectRow]) -> [MarkedText] {
        guard result.isTrustworthy else { return [] }
        let others = others(result, row, rows)
        let more: [MarkedText] = others.count > 2 ? ["\(NumberText.word(others.count - 2)) more"] : []
        return others.prefix(2).map { loss($0, result) } + more
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

    /// ` 6% of the 40,000 users planned were enough to say so.`; empty where the plan is complete, or nothing was decided.
    static func restsOn(_ result: ExperimentResult) -> MarkedText {
        guard let planned = result.decision.plannedUnits, let share = result.decision.shareOfPlan, share < 1,
            [.stop, .discuss, .check, .ship, .keep].contains(result.decision.verdict)
        else { return "" }
        return
            " \(NumberText.percent(share)) of the \(NumberText.count(planned, result.unit.rawValue)) planned were enough to say so."
    }

    /// ` The effect on visit differs by womens: +65.6% for womens = 1, +11.1% for womens = 0.`; empty where nothing is known to
    /// differ.
    ///
    /// As measured, of the value whose effect differs most from that on all others, and of its opposite.
    static func differences(_ result: ExperimentResult) -> MarkedText {
        guard result.isTrustworthy else { return "" }
        let found = result.decision.differences.compactMap { difference -> MarkedText? in
            let effects = difference.effects
            guard let most = effects.mostDifferent, let opposite = effects.itsOpposite else { return nil }
            let treatment: MarkedText = result.variants.count > 2 ? " with \(name: effects.variantID)" : ""
            return
                " The effect on \(name: effects.metric)\(treatment) differs by \(name: difference.attribute): \(effect(most, of: difference.attribute, effects, result)), \(effect(opposite, of: difference.attribute, effects, result))."
        }
        return found.reduce("") { $0 + $1 }
    }

    private static func effect<Of>(
        _ value: SegmentEffects.Value, of attribute: Name<Of>, _ effects: SegmentEffects, _ result: ExperimentResult
    ) -> MarkedText {
        let metric = result.metrics.first { $0.metric == effects.metric }
        let scale = metric.map { MetricScale($0.definition) } ?? .number(nil)
        let size =
            value.lift.map { NumberText.lift($0, decimals: 1) }
            ?? value.difference.map { NumberText.difference($0, scale) } ?? "–"
        return "\(size) for \(name: attribute) = \(name: AttributeValue(ResultText.segment(value.value)))"
    }

    /// ` Goals changed on night 13: purchase, revenue → items.`, and behind them the nights that somebody withdrew.
    static func changes(_ result: ExperimentResult) -> MarkedText {
        let sentences = result.planChanges.map { PlanChangeText.sentence($0) }
        return latest(sentences, "changes") + latest(result.withdrawnNights.map(withdrawal), "withdrawn nights")
    }

    /// Of many the last three, and how many more.
    private static func latest(_ sentences: [MarkedText], _ what: String) -> MarkedText {
        guard !sentences.isEmpty else { return "" }
        let earlier = sentences.count - 3
        let more: MarkedText =
            earlier > 0 ? " \(NumberText.capitalized(NumberText.word(earlier))) earlier \(what)." : ""
        return sentences.suffix(3).reduce("") { $0 + " \($1)." } + more
    }

    /// `The night of 21 Jan 2026, which had said “wait”, was withdrawn on 23 Jan 2026`.
    private static func withdrawal(_ night: WithdrawnNight) -> MarkedText {
        let said = night.verdict.map { ", which had said “\(VerdictText.plain($0))”," } ?? ""
        let withdrawn = Day(microseconds: night.withdrawnAtMicroseconds)
        return "The night of \(Day(night.day).medium)\(said) was withdrawn on \(withdrawn.medium)"
    }

    /// ` The verdict was “ship t” from 22 Jan to 25 Jan.`; empty where tonight's verdict says so, or none did.
    static func earlier(_ result: ExperimentResult) -> MarkedText {
        guard let earlier = result.earlierVerdict else { return "" }
        let (first, last) = (Day(earlier.firstDay), Day(earlier.lastDay))
        let days = first == last ? "on \(first.short)" : "from \(first.short) to \(last.short)"
        let variantID = VerdictText.isAboutVariant(earlier.verdict) ? earlier.variantID : nil
        let treatment: MarkedText = variantID.map { " \(name: $0)" } ?? ""
        return " The verdict was “\(VerdictText.plain(earlier.verdict))\(treatment)” \(days)."
    }

    private static func unclear(_ row: EffectRow, _ result: ExperimentResult) -> MarkedText {
        let units = NumberText.count(result.decision.units)
        let are = MaturityText.counted(result)
        let target: MarkedText =
            result.decision.plannedUnits.map { "\(units) of \(NumberText.count($0, result.unit.rawValue)) \(are)" }
            ?? "\(NumberText.count(result.decision.units, result.unit.rawValue)) \(are), and no number is planned"
        guard !row.comparison.isTooSkewed else {
            return
                "Nothing is clear yet: \(name: row.metric.metric) is too rare or too uneven for variants of such different size. \(target)."
        }
        let daily = row.possible(row.comparison.alwaysValid)
        guard let possible = daily ?? row.possible(row.comparison.estimate) else {
            return "Nothing can be said yet: \(ResultText.reason(row.comparison.inference.status)). \(target)."
        }
        let look: MarkedText = daily == nil ? " at the end of the plan" : ""
        return
            "Nothing is clear yet. So far \(name: row.metric.metric) is \(row.effectText) with \(name: row.treatment.variantID), but \(possible) still fits the data\(look). There may still be an effect: \(target)."
    }

    /// From where to where: "purchase: 6.66% of users with express, 6.08% with control".
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

    private static func everyLook(_ row: EffectRow) -> MarkedText {
        if let range = row.between(row.comparison.alwaysValid) {
            return "the true change is likely \(range), even though we check every night"
        }
        guard let range = row.between(row.comparison.estimate) else {
            return "how large the true change is cannot be said yet"
        }
        return "at the end of the plan, the true change would likely be \(range)"
    }

    private static func openGuardrails(_ row: EffectRow, _ result: ExperimentResult) -> MarkedText {
        let open = result.guardrails.filter { guardrail in
            let metric = result.metrics.first { $0.metric == guardrail.metric && $0.margin != nil }
            return metric?.comparison(with: row.treatment.variantID)?.reading != .withinMargin
        }
        let names = MarkedText.list(open.map { "\(name: $0.metric)" })
        return "\(names) may still be beyond \(open.count == 1 ? "its margin" : "their margins")"
    }
}
