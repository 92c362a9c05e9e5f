import ExperimentAnalysis

/// The first screen: what is due, what is broken, what changed.
struct SummarySection {
    /// A list longer than this is cut, and says so.
    private static let limit = 6

    let report: Report

    var html: HTML {
        element("header", .id("top")) {
            element("p", .class("eyebrow")) {
                element("b") { "Experiments" }
                ", nightly report"
            }
            element("h1") { report.headline.html }
            element("p", .class("subtitle")) { report.subtitle.html }
            if !report.isEmpty {
                element("div", .class("needs")) {
                    column("Decide", report.decisions)
                    column("Repair", report.repairs)
                    if let previous = report.previous {
                        column("Changed since \(previous.short)", report.changes)
                    }
                }
            } else {
                element("p", .class("say")) {
                    "Describe one in a definitions file, and make it true with "
                    element("code") { "experiments apply definitions.toml --database \(report.database)" }
                    "."
                }
            }
        }
    }

    private func column(_ title: String, _ entries: [Report.Item]) -> HTML {
        let shown = entries.count > Self.limit ? Self.limit - 1 : entries.count
        return element("section", .class("need")) {
            element("h2") { title }
            if entries.isEmpty { element("p", .class("quiet")) { "Nothing." } }
            element("ul") {
                for entry in entries.prefix(shown) { item(entry) }
            }
            if shown < entries.count {
                element("p", .class("quiet")) {
                    "and "
                    element("a", .href("#experiments")) { "\(NumberText.count(entries.count - shown)) more below" }
                }
            }
        }
    }

    private func item(_ entry: Report.Item) -> HTML {
        element("li") {
            if !entry.title.pieces.isEmpty, entry.title.plain != "" {
                VerdictMark(kind: entry.kind, title: entry.title).html
                entry.joint
            }
            element("a", .href("#\(entry.anchor)")) { name(entry.experiment) }
            if let since = entry.since { element("span", .class("since")) { " \(since.text)" } }
            element("span", .class("why")) { entry.reason.html }
        }
    }
}
