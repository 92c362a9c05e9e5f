import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// An edition for a chat or a pull request: the front page as lists, and a table with a line an experiment.
///
/// Names are code spans, in which Markdown means nothing; where a format has none, they are escaped. Plots are rows of
/// characters in code spans, their spaces filled with dots, since Markdown collapses spaces.
public enum MarkdownReport {
    /// Renders an edition.
    /// - Parameter edition: The edition.
    /// - Returns: A UTF-8 document (CommonMark with the tables of GitHub); the same edition gives the same bytes.
    public static func render(_ edition: Edition) -> String {
        var lines = ["**\(MarkdownText.escaped(edition.headline))**", "", MarkdownText.line(edition.dateline), ""]
        if edition.isEmpty {
            lines.append("Describe one in a definitions file, and apply it with `experiments apply`.")
            return lines.joined(separator: "\n") + "\n"
        }
        lines += list("Decide", edition.decisions, edition) + list("Repair", edition.repairs, edition)
        if let previous = edition.previous {
            lines += list("Changed since \(previous.short)", edition.changes, edition)
        }
        guard !edition.cards.isEmpty else { return lines.joined(separator: "\n") }
        lines += table(edition)
        lines += [
            "",
            "● estimate, ━ \(NumberText.level(edition.results.options.confidence)) interval for one look, ─ always-valid "
                + "interval for any number of looks, ┊ margin, ◀ ▶ beyond the axis. Bold: clear at every look.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func list(_ title: String, _ entries: [Edition.Entry], _ edition: Edition) -> [String] {
        guard !entries.isEmpty else { return [] }
        return ["**\(title)**", ""]
            + entries.map { entry in
                let title = entry.title.plain.isEmpty ? "" : "\(entry.kind.mark) \(MarkdownText.line(entry.title)) "
                let name = MarkdownText.code(entry.experiment.text)
                let since = entry.since.map { " (\($0.text))" } ?? ""
                return
                    "- \(title)\(name)\(since): \(MarkdownText.line(entry.reason))"
            } + [""]
    }

    private static func table(_ edition: Edition) -> [String] {
        let axis = edition.axis
        let ends = "\(NumberText.lift(axis.lower, decimals: 0)) … 0 … \(NumberText.lift(axis.upper, decimals: 0))"
        return [
            "| Verdict | Experiment, deciding metric | Control → treatment | Lift | \(ends) | Always-valid | Units | Days |",
            "|:--|:--|:--|--:|:--|--:|--:|--:|",
        ] + edition.cards.map { row($0, axis) }
    }

    private static func row(_ card: Card, _ axis: Axis) -> String {
        let result = card.result
        var cells = ["\(card.verdict.kind.mark) \(MarkdownText.line(card.verdict.title))"]
        let effect = result.isTrustworthy ? card.decidingRow : nil
        let metric =
            (card.decidingRow?.metric.metric ?? result.goals.first).map { "<br>" + MarkdownText.code($0.text) } ?? ""
        cells.append(MarkdownText.code(result.experiment.text) + metric)
        if let effect {
            let arm = card.hasSeveralTreatments ? " " + MarkdownText.code(effect.treatment.variantID.text) : ""
            cells.append("\(effect.mean(effect.control)) → \(effect.mean(effect.treatment))\(arm)")
            cells.append(effect.isClear && effect.lift != nil ? "**\(effect.liftText)**" : effect.liftText)
            cells.append("`\(effect.plotLine(axis).text(space: "·"))`")
            cells.append(effect.lineText)
        } else {
            let reason: Phrase = card.verdict.health ?? card.verdict.reason
            cells += ["–", "–", MarkdownText.line(reason), result.isTrustworthy ? "nothing yet" : "not shown"]
        }
        cells.append(NumberText.count(result.units.analysed))
        let total = card.daysLeft > 0 ? " of \(NumberText.count(card.daysSoFar + card.daysLeft))" : ""
        cells.append(card.daysSoFar > 0 ? NumberText.count(card.daysSoFar) + total : "–")
        return "| " + cells.joined(separator: " | ") + " |"
    }
}
