import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// Details of an experiment that most need not open; each fold's summary carries its finding.
struct ExperimentDetails {
    let experiment: ExperimentReport
    let report: Report

    private var result: ExperimentResult { experiment.result }

    var html: HTML {
        element("div", .class("folds")) {
            if !experiment.rows.isEmpty {
                fold("Figures", figuresFinding) { FiguresTable(experiment: experiment).html }
            }
            segments
            covariate
            nights
            fold("Outcomes", outcomesFinding) { CountTable(experiment: experiment).outcomes }
            fold("Units and exposures", unitsFinding) { CountTable(experiment: experiment).units }
            fold("SQL", "the figures above from the public views", style: "no-print") {
                QueryText(experiment: experiment, report: report).html
            }
        }
    }

    private func fold(
        _ title: String, _ finding: MarkedText, style: String = "", @HTMLBuilder content: () -> HTML
    ) -> HTML {
        element("details", style.isEmpty ? [] : [.class(style)]) {
            element("summary") {
                element("b") { title }
                element("span", .class("meta")) { finding.html }
            }
            element("div", .class("inside")) { content() }
        }
    }

    // MARK: Findings

    private var figuresFinding: MarkedText {
        let count = experiment.rows.count
        let asked = experiment.rows.count { $0.comparison.inference.pValue != nil }
        return
            "p-values, differences and chances of \(NumberText.count(count, "comparison"))\(asked > 1 ? "; \(NumberText.word(asked)) p-values, corrected for one another" : "")"
    }

    /// `48,952 of 104,240 count; 55,288 discarded (before the first exposure 40,112, after the metric’s window 15,176)`: the
    /// two largest reasons, since so many read as lost.
    var outcomesFinding: MarkedText {
        let outcomes = result.outcomes
        guard outcomes.total > 0 else { return "none yet" }
        let reasons = DiscardReason.allCases.map { ($0, outcomes.discarded($0)) }.filter { $0.1 > 0 }
            .sorted { $0.1 > $1.1 }.prefix(2).map { "\(CountTable.words($0)) \(NumberText.count($1))" }
        let why = reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))"
        return
            "\(NumberText.count(outcomes.kept)) of \(NumberText.count(outcomes.total)) count; \(NumberText.count(outcomes.total - outcomes.kept)) discarded\(why)"
    }

    private var unitsFinding: MarkedText {
        "\(NumberText.count(result.units.analysed)) of \(NumberText.count(result.units.exposed)) analysed; \(NumberText.count(result.exposures.total, "exposure"))"
    }

    // MARK: Segments

    @HTMLBuilder private var segments: HTML {
        if !result.segments.isEmpty, let metric = experiment.segmentMetric {
            fold("Segments", segmentsFinding(metric)) { SegmentsTable(experiment: experiment, report: report).html }
        }
    }

    private func segmentsFinding(_ metric: MetricName) -> MarkedText {
        let attribute = report.results.options.segmentAttribute ?? ""
        let broken = result.segments.count(where: \.sampleRatio.isMismatch)
        let lowest = result.segments.flatMap { experiment.segmentRows($0) }.compactMap(\.comparison.adjustedPValue)
            .min()
        let split: MarkedText = broken == 0 ? "" : "; \(NumberText.word(broken)) with a sample ratio mismatch"
        let least: MarkedText = lowest.map { "; smallest corrected p = \(NumberText.pValue($0, log: nil))" } ?? ""
        return "\(name: metric) by \(name: attribute)\(split)\(least)"
    }

    // MARK: Before the exposure

    @HTMLBuilder private var covariate: HTML {
        let adjusted = experiment.rows.filter { $0.comparison.adjusted?.inference.lift != nil }
        let best = adjusted.max { saved($0) < saved($1) }
        if let best {
            fold(
                "Using each unit’s past",
                saved(best) < 0.001
                    ? "saves no variance"
                    : "saves \(NumberText.fixed(saved(best) * 100, 1))% of the variance of \(name: best.metric.metric)"
            ) {
                CovariateTable(rows: adjusted, experiment: experiment, report: report).html
            }
        }
    }

    private func saved(_ row: EffectRow) -> Double { row.comparison.adjusted?.varianceReduction ?? 0 }

    // MARK: Nights

    @HTMLBuilder private var nights: HTML {
        let series = experiment.series
        if let first = series.first?.nights.first, let last = series.first?.nights.last,
            let metric = experiment.decidingRow?.metric
        {
            let count = NumberText.count(series.first?.nights.count ?? 0, "night")
            fold(
                "Every night", "\(name: metric.metric), \(count) from \(first.day.short) to \(last.day.short)",
                style: "no-print"
            ) {
                NightsTable(series: series).html
            }
        }
    }
}

/// Commands for a terminal that derive the figures of an experiment anew, from the public views alone.
struct QueryText {
    let experiment: ExperimentReport
    let report: Report

    var html: HTML {
        group {
            element("p") {
                "Paste into a terminal where the file is. The views show the latest phase and all rows so far, and leave "
                "crossover units out."
                if !isDefault { " This report has other options, so its figures may differ." }
            }
            element("pre", .init("tabindex", "0")) { text }
        }
    }

    private var isDefault: Bool {
        let options = report.results.options
        return options.asOfMicroseconds == nil && options.phase == nil && options.crossovers == .exclude
            && options.calendar == .utc
    }

    /// A quoted here-document: the shell touches nothing in it, and no name holds a line break.
    var text: String {
        let literal = Self.literal(experiment.result.experiment.text)
        return """
            sqlite3 -readonly -box \(ShellWord.quoted(report.database)) <<'SQL'
            -- units, means and variances by metric and variant
            SELECT metric, kind, variant_id, units, units_with_outcome, mean, variance
            FROM results WHERE experiment = \(literal);
            -- discarded outcomes by reason
            SELECT reason, count(*) AS outcomes
            FROM discarded_outcomes WHERE experiment = \(literal) GROUP BY reason;
            -- units by day of their first exposure
            SELECT substr(timestamp, 1, 10) AS day, variant_id, count(*) AS units
            FROM first_exposures WHERE experiment = \(literal) AND NOT is_crossover GROUP BY day, variant_id;
            SQL
            """
    }

    /// A text in SQL.
    static func literal(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
