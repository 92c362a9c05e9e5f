import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// One experiment as lines of text.
struct ExperimentText {
    let experiment: ExperimentReport
    let report: Report
    let style: TextStyle

    private var result: ExperimentResult { experiment.result }

    var lines: [String] {
        let heading =
            style.bold(result.experiment.text)
            + style.dim("  \(result.status.rawValue), phase \(result.phase), by \(result.unit.rawValue)")
        let parts = [verdict, facts, effects, figures, segments, nights, ledger].filter { !$0.isEmpty }
        return [heading] + parts.joined(separator: [""]).map { $0.isEmpty ? "" : "  " + $0 }
    }

    // MARK: What to do, and what to trust

    private var verdict: [String] {
        let words = experiment.verdict
        let kind = experiment.shownKind
        return [style.colored("\(style.mark(kind)) \(experiment.title.plain)", kind.tone)]
            + [words.sentence.plain, words.rule.plain].filter { !$0.isEmpty }.flatMap(wrapped)
            + experiment.otherProblems.flatMap { wrapped("Note: \(ProblemText.advice($0, result).plain)") }
    }

    private var facts: [String] {
        let planned = result.decision.plannedUnits.map { " of \(NumberText.count($0)) planned" } ?? ""
        let days =
            experiment.firstDay.map { ", \(NumberText.count(experiment.daysSoFar, "day")) since \($0.medium)" } ?? ""
        let split = result.variants.map { variant in
            "\(variant.variantID) \(NumberText.count(variant.units)) (\(NumberText.share(variant.units, of: result.units.analysed)), planned \(NumberText.planned(experiment.planned(variant))))"
        }
        let analysed = NumberText.count(result.units.analysed)
        let isSettled = result.decision.units == result.units.analysed
        let units =
            isSettled
            ? "\(analysed)\(planned)"
            : "\(NumberText.count(result.decision.units))\(planned) \(MaturityText.counted(result)), \(analysed) in all"
        return style.fitted("Units", units + days, columns: 14, margin: 2)
            + style.fitted("Split", split.joined(separator: ", "), columns: 14, margin: 2)
            + ["Sample ratio  \(KeyFigures(experiment: experiment).sampleRatio)"]
    }

    /// Broken between words, where the terminal has an end.
    private func wrapped(_ text: String) -> [String] {
        style.broken(text, to: min(style.width ?? 100, 100) - 2)
    }

    // MARK: The effects

    private var effects: [String] {
        guard !experiment.rows.isEmpty else { return result.metrics.isEmpty ? ["No outcome counts yet."] : [] }
        let axis = experiment.axis
        let (shown, table) = style.fitting(EffectColumns.forms(isTiny: style.isTiny), margin: 2) { columns in
            let isRead = columns.isRead && result.isTrustworthy
            let alignments: [TextTable.Alignment] = [.left, .right, .right, .right, .left, .left, .left]
            var table = TextTable(columns.shown(alignments))
            table.add(
                columns.shown(
                    ["", "control", "treatment", "lift", "", "safe to check daily", isRead ? "result" : ""]))
            for row in experiment.rows {
                table.add(
                    columns.shown([
                        name(row), row.mean(row.control), row.mean(row.treatment), row.liftText,
                        row.plotLine(axis).text(style.plotMarks), row.alwaysText, isRead ? row.reading : "",
                    ]))
            }
            return table
        }
        let lines = table.lines { row, column, cell in
            guard row > 0 else { return style.dim(cell) }
            guard result.isTrustworthy, column >= (shown.hasMeans ? 3 : 1) else { return cell }
            let effect = experiment.rows[row - 1]
            return style.colored(cell, effect.tone)
        }
        return (result.isTrustworthy ? [] : ["Not to be trusted, for whoever looks for the fault:"]) + lines
            + (MaturityText.sentences(result, in: report) + BasisText.sentences(result) + notes).flatMap(wrapped)
    }

    /// The lifts of the means where those that decide are others, and that nobody said which way is better.
    private var notes: [String] {
        let alone = experiment.rows.compactMap { row in row.meansAlone.map { "\(name(row)) \($0)" } }
        let remarks = experiment.rows.compactMap { row in
            row.remark.map { "\(name(row)), \(row.reading): \($0)." }
        }
        return (alone.isEmpty ? [] : ["From the means alone: \(NumberText.list(alone))."])
            + (result.isTrustworthy ? Array(remarks.prefix(1)) : [])
    }

    private func name(_ row: EffectRow) -> String {
        let kind = experiment.hasTwin(row.metric) ? " (\(row.metric.kind.rawValue))" : ""
        return row.metric.metric.text + kind + (experiment.hasSeveralTreatments ? ", \(row.treatment.variantID)" : "")
    }

    private var figures: [String] {
        guard !experiment.rows.isEmpty, !style.isTiny else { return [] }
        let level = NumberText.level(report.results.options.confidence)
        let past = "using each \(result.unit.rawValue)’s past"
        // Where there is no room, the p-value goes that is not corrected.
        let forms = [(true, true), (false, true), (false, false)]
        let (_, table) = style.fitting(forms, margin: 2) { isAdjusted, hasRaw in
            var table = TextTable(
                hasRaw ? [.left, .left, .right, .right, .right, .left] : [.left, .left, .right, .right, .left])
            var head = ["", "\(level), one look", "p", "corrected", "chance better", isAdjusted ? past : ""]
            if !hasRaw { head.remove(at: 2) }
            table.add(head)
            for row in experiment.rows {
                let (comparison, test) = (row.comparison, row.comparison.inference)
                let isRaised = comparison.adjustedPValue != test.pValue
                var cells = [
                    name(row), row.oneLookText, chance(test.pValue, test.logPValue),
                    chance(comparison.adjustedPValue, isRaised ? nil : test.logPValue),
                    comparison.posterior.map { NumberText.chance($0.chanceToWin) } ?? "–",
                    isAdjusted ? adjusted(row) : "",
                ]
                if !hasRaw { cells.remove(at: 2) }
                table.add(cells)
            }
            return table
        }
        return table.lines { row, _, cell in row == 0 ? style.dim(cell) : cell }
            + (ResultText.leftOut(in: result.metrics).map(wrapped) ?? [])
    }

    private func chance(_ value: Double?, _ log: Double?) -> String {
        value.map { NumberText.pValue($0, log: log) } ?? "–"
    }

    /// Words on how much less variance the effect has; also the effect itself, where another one decides.
    private func adjusted(_ row: EffectRow) -> String {
        guard let adjusted = row.comparison.adjusted, let lift = adjusted.inference.lift,
            let interval = adjusted.inference.liftInterval, let saved = adjusted.varianceReduction
        else { return "" }
        let less = saved < 0.001 ? "no less variance" : "\(NumberText.percent(saved)) less variance"
        guard row.comparison.basis != .adjusted else { return less }
        let decimals = NumberText.decimals(interval)
        return "\(NumberText.lift(lift, decimals: decimals)), \(NumberText.lift(interval, decimals: decimals)), \(less)"
    }

    /// The first goal among the units of each segment; for every metric, there is the JSON.
    private var segments: [String] {
        guard !result.segments.isEmpty, let goal = experiment.segmentMetric else { return [] }
        let level = NumberText.level(report.results.options.confidence)
        var table = TextTable([.left, .right, .left, .right, .right, .left, .right])
        let attribute = VisibleText.of(report.results.options.segmentAttribute?.text ?? "segment")
        table.add([
            "by \(attribute)", "units", "split p", "treatment", "lift of \(goal)", "\(level), one look", "corrected",
        ])
        for segment in result.segments {
            let units = segment.variants.reduce(0) { $0 + $1.units }
            let start = [
                VisibleText.of(ResultText.segment(segment.value)), NumberText.count(units),
                chance(segment.sampleRatio.pValue, segment.sampleRatio.logPValue),
            ]
            let rows = experiment.segmentRows(segment)
            for (index, row) in rows.enumerated() {
                table.add(
                    (index == 0 ? start : ["", "", ""]) + [
                        row.treatment.variantID.text, row.liftText, row.oneLookText,
                        chance(row.comparison.adjustedPValue, nil),
                    ])
            }
            if rows.isEmpty { table.add(start + ["–", "–", "no outcome", "–"]) }
        }
        return table.lines { row, _, cell in row == 0 ? style.dim(cell) : cell }
            + (ResultText.leftOut(in: result.segments).map(wrapped) ?? [])
    }

    // MARK: How it came about

    private var nights: [String] {
        let series = experiment.series.filter { $0.nights.count > 1 }
        guard let row = experiment.decidingRow, let first = series.first?.nights.first,
            let last = series.first?.nights.last
        else { return [] }
        var table = TextTable([.left, .left, .left])
        for one in series {
            let ends = one.nights.compactMap(\.lift).map { NumberText.lift($0, decimals: one.row.decimals) }
            table.add([
                one.row.treatment.variantID.text,
                Sparkline.text(one.nights.map(\.lift), isASCII: style.isASCII),
                ends.first.map { "from \($0) to \(ends[ends.count - 1])" } ?? "",
            ])
        }
        let missing = NightlySeries.missing(result.nights.map(\.day)).map { "; \($0)" } ?? ""
        let caption = "Lift of \(row.metric.metric) by night, \(first.day.short) to \(last.day.short)\(missing)"
        return style.fitted(caption, margin: 2)
            + table.lines().map { "  " + $0 }
    }

    // MARK: The books

    private var ledger: [String] {
        let (units, exposures, outcomes) = (result.units, result.exposures, result.outcomes)
        return [
            sentence(
                "Units", total: units.exposed, kept: "analysed", units.analysed,
                [("crossover", units.exposed - units.analysed)]),
            sentence(
                "Exposures", total: exposures.total, kept: "first of their unit", units.exposed,
                [
                    ("repeat", exposures.repeated), ("no_unit", exposures.noUnit), ("override", exposures.override),
                    ("not_enrolled", exposures.notEnrolled), ("not_running", exposures.notRunning),
                ]),
            sentence(
                "Outcomes", total: outcomes.total, kept: "kept", outcomes.kept,
                DiscardReason.allCases.map { ($0.rawValue, outcomes.discarded($0)) }),
        ].flatMap(\.self)
    }

    /// `Outcomes   1,234 = 1,000 kept + 200 before_exposure + 34 crossover`.
    private func sentence(
        _ subject: String, total: Int, kept word: String, _ kept: Int, _ others: [(reason: String, count: Int)]
    ) -> [String] {
        let parts = others.filter { $0.count > 0 }.map { " + \(NumberText.count($0.count)) \($0.reason)" }
        let sum = "\(NumberText.count(total)) = \(NumberText.count(kept)) \(word)" + parts.joined()
        return style.fitted(subject, sum, columns: 10, margin: 2)
    }
}

/// The columns of the table of effects, besides name, lift and the interval that is safe to check daily.
struct EffectColumns {
    var isPlotted = true
    var hasMeans = true
    var isRead = true

    /// Forms from the widest to the narrowest: the plot goes first, and the result last, as the only column in words.
    static func forms(isTiny: Bool) -> [EffectColumns] {
        [
            EffectColumns(), EffectColumns(isPlotted: false), EffectColumns(isPlotted: false, hasMeans: false),
            EffectColumns(isPlotted: false, hasMeans: false, isRead: false),
        ].filter { !(isTiny && $0.isPlotted) }
    }

    /// The cells of a row whose columns are shown: name, control, treatment, lift, plot, interval and result.
    func shown<Cell>(_ cells: [Cell]) -> [Cell] {
        let isShown = [true, hasMeans, hasMeans, true, isPlotted, true, true]
        return zip(cells, isShown).compactMap { cell, isShown in isShown ? cell : nil }
    }
}
