import ExperimentAnalysis
import Experimentation

/// A report for people at a terminal: what is due, every experiment on a line, then what each shows.
public enum TextReport {
    /// Renders a report.
    /// - Parameters:
    ///   - report: The report.
    ///   - style: How emphasis is shown, and what the terminal can show at all.
    /// - Returns: Lines of UTF-8, each ended by a newline.
    public static func render(_ report: Report, style: TextStyle = TextStyle()) -> String {
        var lines = SummaryText(report: report, style: style).lines
        for experiment in report.experiments {
            if report.experiments.count > 1 {
                lines += [style.dim(String(repeating: style.isASCII ? "-" : "─", count: 72)), ""]
            }
            lines += ExperimentText(experiment: experiment, report: report, style: style).lines + [""]
        }
        if let lost = report.lostOutcomes { lines += style.fitted(lost).map(style.dim) }
        while lines.last == "" { lines.removeLast() }
        let text = lines.joined(separator: "\n") + "\n"
        return style.isASCII ? ASCIIText.plain(text) : text
    }
}

/// The summary at a terminal: headline, what is due, and the index with a plot in characters.
struct SummaryText {
    let report: Report
    let style: TextStyle

    var lines: [String] {
        let subtitle = style.fitted(report.subtitle.plain).map(style.dim)
        let head = style.fitted(report.headline.plain).map(style.bold) + subtitle + [""]
        guard report.experiments.count > 1 || !report.results.damagedExperiments.isEmpty else { return head }
        let changes = report.previous.map { list("Changed since \($0.short)", report.changes) } ?? []
        return head + list("Decide", report.decisions) + list("Repair", report.repairs) + changes + index + [""]
    }

    private func list(_ title: String, _ entries: [Report.Item]) -> [String] {
        guard !entries.isEmpty else { return [] }
        let reasons = entries.map { entry in entry.reason.plain + (entry.since.map { " (\($0.text))" } ?? "") }
        // Where a reason has no room beside the names, it stands below its own.
        let (isBeside, table) = style.fitting([true, false], margin: 2) { isBeside in
            var table = TextTable([.left, .left, .left])
            for (entry, reason) in zip(entries, reasons) {
                table.add([
                    "\(style.mark(entry.kind)) \(entry.title.plain)", entry.experiment.text, isBeside ? reason : "",
                ])
            }
            return table
        }
        let lines = table.lines { row, column, cell in
            column == 0 ? style.colored(cell, entries[row].kind.tone) : cell
        }
        let blocks = zip(lines, reasons).flatMap { line, reason in
            [line] + (isBeside ? [] : style.fitted(reason, margin: 6).map { "    " + $0 })
        }
        return [style.bold(title)] + blocks.map { "  " + $0 } + [""]
    }

    // MARK: The index

    private var index: [String] {
        guard !report.experiments.isEmpty else { return [] }
        let axis = report.axis
        // Where names are long, how long to wait stands in the experiment's own part alone.
        let forms = [(true, true), (false, true), (false, false)].filter { !($0.0 && style.isTiny) }
        let (form, table) = style.fitting(forms, margin: 2) { isPlotted, isLong in
            var table = TextTable(isPlotted ? [.left, .left, .right, .left, .left] : [.left, .left, .right, .left])
            for all in [["", "", "lift", scale(axis), "safe to check daily"]]
                + report.experiments.map({ row($0, axis, isLong: isLong) })
            {
                table.add(isPlotted ? all : [all[0], all[1], all[2], all[4]])
            }
            return table
        }
        let lines = table.lines { row, column, cell in
            guard row > 0 else { return style.dim(cell) }
            let experiment = report.experiments[row - 1]
            if column == 0 { return style.colored(cell, experiment.shownKind.tone) }
            guard column == 2 || column == 3, experiment.result.isTrustworthy, let effect = experiment.decidingRow
            else {
                return cell
            }
            return style.colored(cell, effect.tone)
        }
        // Below 95 columns no table of effects has a plot either.
        guard form.0 || (style.width ?? .max) >= 95 else { return lines.map { "  " + $0 } }
        return lines.map { "  " + $0 } + [""] + style.fitted(legend).map(style.dim)
    }

    private func row(_ experiment: ExperimentReport, _ axis: Axis, isLong: Bool) -> [String] {
        let word =
            switch experiment.shownKind {
            case .stop: "Stop: harm"
            case .wait where !isLong: "Wait"
            default: experiment.title.plain
            }
        let start = ["\(style.mark(experiment.shownKind)) \(word)", experiment.result.experiment.text]
        guard experiment.result.isTrustworthy, let effect = experiment.decidingRow else {
            let reason = (experiment.verdict.health ?? experiment.verdict.reason).plain
            return start + ["–", PlotLine(axis: axis).text(style.plotMarks), reason]
        }
        return start + [effect.liftText, effect.plotLine(axis).text(style.plotMarks), effect.alwaysText]
    }

    /// The ends of the axis above the plots.
    private func scale(_ axis: Axis) -> String {
        let left = axis.label(axis.ticks[0])
        let right = axis.label(axis.ticks[axis.ticks.count - 1])
        let space = max(1, (17 - left.count - right.count) / 2)
        let gap = String(repeating: " ", count: space)
        let label = left + gap + "0" + gap + right
        return String(repeating: " ", count: max(0, (29 - label.count) / 2)) + label
    }

    private var legend: String {
        PlotLegend.text(report.results.options.confidence, style.plotMarks)
    }
}
