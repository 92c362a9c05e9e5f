import ExperimentAnalysis
import Experimentation

/// The front page at a terminal: headline, what is due, and the index with a plot in characters.
struct FrontText {
    let edition: Edition
    let style: TextStyle

    var lines: [String] {
        let dateline = style.fitted(edition.dateline.plain).map(style.dim)
        let head = [style.bold(edition.headline)] + dateline + [""]
        guard edition.cards.count > 1 || !edition.results.damagedExperiments.isEmpty else { return head }
        return head + list("Decide", edition.decisions) + list("Repair", edition.repairs) + index + [""]
    }

    private func list(_ title: String, _ entries: [Edition.Entry]) -> [String] {
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
        guard !edition.cards.isEmpty else { return [] }
        let axis = edition.axis
        let (_, table) = style.fitting(style.isTiny ? [false] : [true, false], margin: 2) { isPlotted in
            var table = TextTable(isPlotted ? [.left, .left, .right, .left, .left] : [.left, .left, .right, .left])
            for all in [["", "", "lift", scale(axis), "always-valid"]] + edition.cards.map({ row($0, axis) }) {
                table.add(isPlotted ? all : [all[0], all[1], all[2], all[4]])
            }
            return table
        }
        let lines = table.lines { row, column, cell in
            guard row > 0 else { return style.dim(cell) }
            let card = edition.cards[row - 1]
            if column == 0 { return style.colored(cell, card.verdict.kind.tone) }
            guard column == 2 || column == 3, card.result.isTrustworthy, let effect = card.decidingRow else {
                return cell
            }
            return style.colored(cell, effect.tone)
        }
        return lines.map { "  " + $0 } + [""] + style.fitted(legend).map(style.dim)
    }

    private func row(_ card: Card, _ axis: Axis) -> [String] {
        let word = card.verdict.kind == .stop ? "Stop: harm" : card.verdict.title.plain
        let start = ["\(style.mark(card.verdict.kind)) \(word)", card.result.experiment.text]
        guard card.result.isTrustworthy, let effect = card.decidingRow else {
            let reason = (card.verdict.health ?? card.verdict.reason).plain
            return start + ["–", PlotLine(axis: axis).text(style.plotMarks), reason]
        }
        return start + [effect.liftText, effect.plotLine(axis).text(style.plotMarks), effect.lineText]
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
        let level = NumberText.level(edition.results.options.confidence)
        let margin = style.isASCII ? ": margin, < > beyond the axis" : "┊ margin, ◀ ▶ beyond the axis"
        return
            "Dot: estimate. Heavy: \(level), one look. Light: always-valid, any number of looks. \(margin)."
    }
}
