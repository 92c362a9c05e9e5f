import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// The lists and the index of a mail.
enum EmailIndex {
    /// A list longer than this is cut, and says so.
    private static let limit = 12

    @HTMLBuilder static func list(_ title: String, _ entries: [Report.Item], _ report: Report) -> HTML {
        if !entries.isEmpty {
            element(
                "h2",
                .style(
                    EmailStyle.text(
                        "margin:0;padding:12px 0 6px;font-size:15px;border-top:1px solid \(Palette.ink3.light)"))
            ) { title }
            for entry in entries.prefix(limit) {
                element("p", .style(EmailStyle.text("margin:0 0 10px;font-size:14px;line-height:1.45"))) {
                    if !entry.title.plain.isEmpty {
                        EmailStyle.verdict(entry.kind, entry.title)
                        entry.joint
                    }
                    EmailStyle.name(entry.experiment)
                    if let since = entry.since { " (\(since.text))" }
                    void("br")
                    element("span", .style("color:\(Palette.ink2.light)")) { EmailStyle.phrase(entry.reason) }
                }
            }
            if entries.count > limit {
                element("p", .style(EmailStyle.text("margin:0 0 10px;font-size:13px"))) {
                    "and \(NumberText.count(entries.count - limit)) more."
                }
            }
        }
    }

    static func table(_ rows: [HTML], _ report: Report) -> HTML {
        let axis = report.axis
        let ends =
            "\(NumberText.lift(axis.lower, decimals: 0)) … 0 … \(NumberText.lift(axis.upper, decimals: 0))"
        return group {
            element("h2", .style(EmailStyle.text("margin:18px 0 4px;font-size:18px"))) { "All experiments" }
            element(
                "table", .init("width", "100%"), .init("cellpadding", "0"), .init("cellspacing", "0"),
                .init("border", "0"), .style("border-collapse:collapse")
            ) {
                element("tr") {
                    head("Verdict", "left")
                    head("Experiment, deciding metric", "left")
                    head("Lift", "right")
                    head(ends, "center")
                    head("Safe to check daily", "left")
                }
                rows
            }
        }
    }

    private static func head(_ text: String, _ side: String) -> HTML {
        element(
            "th", .scope("col"), .init("align", side),
            .style(
                EmailStyle.text(
                    "padding:6px 6px 6px 0;font-size:12px;font-weight:400;color:\(Palette.ink2.light);border-bottom:1px solid \(Palette.ink3.light)"
                ))
        ) { text }
    }

    static func row(_ experiment: ExperimentReport, _ axis: Axis) -> HTML {
        let effect = experiment.result.isTrustworthy ? experiment.decidingRow : nil
        return element("tr") {
            cell("left") {
                EmailStyle.verdict(experiment.shownKind, "\(experiment.shortTitle)")
            }
            cell("left") {
                EmailStyle.name(experiment.result.experiment)
                if let metric = experiment.decidingRow?.metric.metric ?? experiment.result.goals.first {
                    void("br")
                    element("bdi", .style("font-size:12px;color:\(Palette.ink2.light);word-break:break-word")) {
                        metric.text
                    }
                }
            }
            cell("right") {
                if let effect {
                    element(
                        "span",
                        .style(
                            "white-space:nowrap;font-weight:\(effect.isClear ? 700 : 400);color:\(effect.isClear ? EmailStyle.colour(effect.tone) : Palette.ink.light)"
                        )
                    ) { data(effect.lift, effect.liftText) }
                } else {
                    "–"
                }
            }
            cell("left") {
                if let effect {
                    EmailStyle.plot(effect.plotLine(axis).text(space: "\u{a0}"), effect.tone)
                } else {
                    EmailStyle.phrase(experiment.verdict.health ?? experiment.verdict.reason)
                }
            }
            cell("left") {
                if let effect {
                    effect.alwaysText
                } else {
                    experiment.result.isTrustworthy ? "nothing yet" : "not shown"
                }
            }
        }
    }

    private static func cell(_ side: String, @HTMLBuilder content: () -> HTML) -> HTML {
        element(
            "td", .init("align", side), .init("valign", "middle"),
            .style(
                EmailStyle.text(
                    "padding:8px 6px 8px 0;font-size:13px;line-height:1.35;border-bottom:1px solid \(Palette.hair.light)"
                )),
            content: content)
    }
}
