import ExperimentAnalysis
import Experimentation

/// An edition for people at a terminal: what is due, every experiment on a line, then what each shows.
public enum TextReport {
    /// Renders an edition.
    /// - Parameters:
    ///   - edition: The edition.
    ///   - style: How emphasis is shown, and what the terminal can show at all.
    /// - Returns: Lines of UTF-8, each ended by a newline.
    public static func render(_ edition: Edition, style: TextStyle = TextStyle()) -> String {
        var lines = FrontText(edition: edition, style: style).lines
        for card in edition.cards {
            if edition.cards.count > 1 {
                lines += [style.dim(String(repeating: style.isASCII ? "-" : "─", count: 72)), ""]
            }
            lines += ExperimentText(card: card, edition: edition, style: style).lines + [""]
        }
        let lost = edition.results.unattributedOutcomes
        if lost.total > 0 {
            lines.append(
                style.dim(
                    "\(NumberText.count(lost.total)) outcomes belong to no experiment: "
                        + "\(NumberText.count(lost.neverExposed)) of units never exposed, "
                        + "\(NumberText.count(lost.noUnit)) without a unit."))
        }
        while lines.last == "" { lines.removeLast() }
        let text = lines.joined(separator: "\n") + "\n"
        return style.isASCII ? ASCIIText.plain(text) : text
    }
}
