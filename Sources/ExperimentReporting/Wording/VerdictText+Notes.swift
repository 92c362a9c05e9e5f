import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// The sentences behind the verdict's own: what else is worse, how much of the plan is in, for whom the effect differs, how the plan
/// changed, and which verdict an earlier night gave.
extension VerdictText {
    /// The metrics that a treatment makes worse besides the one that the verdict rests on.
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
            case (_, .marginBroken): " (beyond its limit)"
            case (.guardrail, .withinMargin): " (within its limit)"
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

    /// ` This has been the verdict since 5 Jan, when 1,430 of the 12,000 users planned were in; now 8,398 are.`; without such
    /// a night how many are in; empty where the plan is complete, or nothing was decided.
    static func restsOn(_ result: ExperimentResult) -> MarkedText {
        guard let planned = result.decision.plannedUnits, let share = result.decision.shareOfPlan, share < 1,
            [.stop, .discuss, .check, .ship, .keep].contains(result.decision.verdict)
        else { return "" }
        let plan = NumberText.count(planned, result.unit.rawValue)
        let units = NumberText.count(result.decision.units)
        // A night has all units of that day. How many of them had completed a window, which then counts, it does not tell.
        let isWindowed = result.metrics.contains { $0.metric == result.goals.first && $0.maturity != nil }
        guard !isWindowed, let night = firstNight(result), night.day != result.nights.last?.day else {
            return " So far \(units) of the \(plan) planned \(MaturityText.counted(result))."
        }
        let then = NumberText.count(night.units.reduce(0, +))
        return
            " This has been the verdict since \(Day(night.day).short), when \(then) of the \(plan) planned were in; now \(units) are."
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

    /// The last three of many sentences, and how many more there are.
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
}
