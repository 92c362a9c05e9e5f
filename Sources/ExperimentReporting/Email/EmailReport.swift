import ExperimentAnalysis
import ExperimentStatistics

/// The summary of a report as the HTML of a mail: tables, inline styles, no picture, below 100 KB.
///
/// Mail programs know no style sheets, no SVG and little of CSS, so a plot is a row of characters and every cell says what
/// it looks like; the old attributes are for those that render with a word processor. ``MailMessage`` puts it into a message
/// with the full report attached.
public enum EmailReport {
    /// Bytes of the largest mail: Gmail cuts larger ones, at 102 KB.
    static let limit = 100_000

    /// Renders a report.
    /// - Parameters:
    ///   - report: The report.
    ///   - isAttached: Whether the full report goes with it, which the mail then says.
    /// - Returns: A UTF-8 document of at most 100,000 bytes; where that is too little, waiting experiments are left out
    ///   from the last on, then any others, and the mail says how many.
    public static func render(_ report: Report, isAttached: Bool = false) -> String {
        let rows = report.experiments.map { EmailIndex.row($0, report.axis) }
        let frame = page(report, rows: [.empty], hidden: rows.count, isAttached).markup.utf8.count
        var size = frame
        var shown = 0
        // Experiments come in the order of how much they matter.
        while shown < rows.count, size + rows[shown].markup.utf8.count < limit {
            size += rows[shown].markup.utf8.count
            shown += 1
        }
        return page(report, rows: Array(rows.prefix(shown)), hidden: rows.count - shown, isAttached).markup + "\n"
    }

    private static func page(_ report: Report, rows: [HTML], hidden: Int, _ isAttached: Bool) -> HTML {
        group {
            HTML(literal: "<!doctype html>\n")
            element("html", .init("lang", "en")) {
                element("head") {
                    void("meta", .init("charset", "utf-8"))
                    element("title") { report.title }
                    void("meta", .init("name", "viewport"), .init("content", "width=device-width, initial-scale=1"))
                }
                element("body", .style("margin:0;padding:0;background:\(Palette.paper.light)")) {
                    EmailStyle.table(width: "100%") {
                        element("tr") {
                            element("td", .init("align", "center"), .style("padding:24px 12px")) {
                                EmailStyle.table(width: "680") {
                                    element("tr") {
                                        element("td", .style(EmailStyle.text("font-size:14px;line-height:1.45"))) {
                                            content(report, rows, hidden, isAttached)
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    @HTMLBuilder private static func content(
        _ report: Report, _ rows: [HTML], _ hidden: Int, _ isAttached: Bool
    ) -> HTML {
        element("p", .style(EmailStyle.text("margin:0;font-size:13px;color:\(Palette.ink2.light)"))) {
            "Experiments, nightly report"
        }
        element("h1", .style(EmailStyle.text("margin:6px 0 10px;font-size:24px;line-height:1.2"))) {
            EmailStyle.phrase(report.headline)
        }
        element("p", .style(EmailStyle.text("margin:0 0 16px;font-size:13px;color:\(Palette.ink2.light)"))) {
            EmailStyle.phrase(report.subtitle)
            if isAttached { " The full report is attached." }
        }
        EmailIndex.list("Decide", report.decisions, report)
        EmailIndex.list("Repair", report.repairs, report)
        if let previous = report.previous {
            EmailIndex.list("Changed since \(previous.short)", report.changes, report)
        }
        if !rows.isEmpty { EmailIndex.table(rows, report) }
        if hidden > 0 {
            element("p", .style(EmailStyle.text("margin:12px 0 0;font-size:13px"))) {
                "and \(NumberText.count(hidden)) more in the full report."
            }
        }
        element("p", .style(EmailStyle.text("margin:12px 0 0;font-size:12px;color:\(Palette.ink2.light)"))) {
            PlotLegend.text(report.results.options.confidence)
            " Coloured once the heavy line is clear of zero."
        }
    }
}
