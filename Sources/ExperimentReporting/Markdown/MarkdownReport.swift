import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// A report for a chat or a pull request: the summary as lists, and a table with a line an experiment.
///
/// Names are code spans, in which Markdown means nothing; where a format has none, they are escaped. Plots are rows of
/// characters in code spans, their spaces filled with dots, since Markdown collapses spaces.
public enum MarkdownReport {
    /// Renders a report.
    /// - Parameter report: The report.
    /// - Returns: A UTF-8 document (CommonMark with the tables of GitHub); the same report gives the same bytes.
    public static func render(_ report: Report) -> String {
        var lines = ["**\(MarkdownText.line(report.headline))**", "", MarkdownText.line(report.subtitle), ""]
        if report.isEmpty {
            lines.append("Describe one in a definitions file, and apply it with `experiments apply`.")
            return lines.joined(separator: "\n") + "\n"
        }
        lines += list("Decide", report.decisions, report) + list("Repair", report.repairs, report)
        if let previous = report.previous {
            lines += list("Changed since \(previous.short)", report.changes, report)
        }
        guard !report.experiments.isEmpty else { return lines.joined(separator: "\n") }
        lines += table(report)
        let windows = report.experiments.flatMap { experiment in
            MaturityText.sentences(experiment.result, in: report).map {
                "- \(MarkdownText.code(experiment.result.experiment.text)): \(MarkdownText.escaped($0))"
            }
        }
        if !windows.isEmpty { lines += [""] + windows }
        lines += [
            "",
            PlotLegend.text(report.results.options.confidence) + " Bold: the heavy line is clear of zero.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func list(_ title: String, _ entries: [Report.Item], _ report: Report) -> [String] {
        guard !entries.isEmpty else { return [] }
        return ["**\(title)**", ""]
            + entries.map { entry in
                let title =
                    entry.title.plain.isEmpty
                    ? "" : "\(entry.kind.mark) \(MarkdownText.line(entry.title))\(entry.joint)"
                let name = MarkdownText.code(entry.experiment.text)
                let since = entry.since.map { " (\($0.text))" } ?? ""
                return
                    "- \(title)\(name)\(since): \(MarkdownText.line(entry.reason))"
            } + [""]
    }

    private static func table(_ report: Report) -> [String] {
        let axis = report.axis
        let ends = "\(NumberText.lift(axis.lower, decimals: 0)) … 0 … \(NumberText.lift(axis.upper, decimals: 0))"
        return [
            "| Verdict | Experiment, deciding metric | Control → treatment | Lift | \(ends) | Safe to check daily | Units | Days |",
            "|:--|:--|:--|--:|:--|--:|--:|--:|",
        ] + report.experiments.map { row($0, axis) }
    }

    private static func row(_ experiment: ExperimentReport, _ axis: Axis) -> String {
        let result = experiment.result
        var cells = ["\(experiment.shownKind.mark) \(MarkdownText.line(experiment.title))"]
        let effect = result.isTrustworthy ? experiment.decidingRow : nil
        let metric =
            (experiment.decidingRow?.metric.metric ?? result.goals.first).map { "<br>" + MarkdownText.code($0.text) }
            ?? ""
        cells.append(MarkdownText.code(result.experiment.text) + metric)
        if let effect {
            let variant =
                experiment.hasSeveralTreatments ? " " + MarkdownText.code(effect.treatment.variantID.text) : ""
            cells.append("\(effect.mean(effect.control)) → \(effect.mean(effect.treatment))\(variant)")
            let alone = effect.meansAlone.map { "<br>from the means alone \($0)" } ?? ""
            cells.append((effect.isClear && effect.lift != nil ? "**\(effect.liftText)**" : effect.liftText) + alone)
            cells.append("`\(effect.plotLine(axis).text(space: "·"))`")
            cells.append(effect.alwaysText)
        } else {
            let reason: MarkedText = experiment.verdict.health ?? experiment.verdict.reason
            cells += ["–", "–", MarkdownText.line(reason), result.isTrustworthy ? "nothing yet" : "not shown"]
        }
        let settled = MaturityText.settled(result).map { ", " + $0 } ?? ""
        cells.append(NumberText.count(result.units.analysed) + settled)
        let total = experiment.daysLeft > 0 ? " of \(NumberText.count(experiment.daysSoFar + experiment.daysLeft))" : ""
        cells.append(experiment.daysSoFar > 0 ? NumberText.count(experiment.daysSoFar) + total : "–")
        return "| " + cells.joined(separator: " | ") + " |"
    }
}
