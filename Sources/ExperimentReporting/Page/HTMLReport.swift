import ExperimentAnalysis
import ExperimentDefinitions
import Experimentation

/// A report as one HTML file that opens anywhere: no script, nothing loaded, nothing sent.
///
/// The content security policy makes that a property of the file, and would disarm a missed escape. Without its style
/// sheet the page still reads: it is headings, paragraphs and tables.
public enum HTMLReport {
    /// Renders a report.
    /// - Parameter report: The report.
    /// - Returns: A UTF-8 document; the same report gives the same bytes.
    public static func render(_ report: Report) -> String {
        let page = group {
            HTML(literal: "<!doctype html>\n")
            element("html", .init("lang", "en")) {
                element("head") { head(report) }
                element("body") { body(report) }
            }
        }
        return page.markup + "\n"
    }

    @HTMLBuilder private static func head(_ report: Report) -> HTML {
        void("meta", .init("charset", "utf-8"))
        element("title") { report.title }
        void("meta", .init("name", "viewport"), .init("content", "width=device-width, initial-scale=1"))
        void("meta", .init("name", "color-scheme"), .init("content", "light dark"))
        void(
            "meta", .init("http-equiv", "Content-Security-Policy"),
            .init("content", "default-src 'none'; style-src 'unsafe-inline'"))
        void("meta", .init("name", "referrer"), .init("content", "no-referrer"))
        StyleSheet.element
    }

    @HTMLBuilder private static func body(_ report: Report) -> HTML {
        element("a", .class("skip"), .href("#experiments")) { "To the experiments" }
        element("div", .class("page")) {
            SummarySection(report: report).html
            element("main") {
                IndexTable(report: report).html
                for (index, damaged) in report.results.damagedExperiments.enumerated() {
                    FailureSection(damaged: damaged, anchor: Report.failureAnchor(index)).html
                }
                for (index, experiment) in report.experiments.enumerated() {
                    ExperimentArticle(experiment: experiment, anchor: Report.anchor(index), report: report).html
                }
                Glossary(report: report).html
            }
            element("footer") { footer(report) }
        }
    }

    @HTMLBuilder private static func footer(_ report: Report) -> HTML {
        let digits = String(DefaultHash(JSONReport.render(report.results)).fnv1a64, radix: 16)
        "Fingerprint of the results (FNV-1a of "
        element("code") { "--format json" }
        "): "
        element("code") { String(repeating: "0", count: 16 - digits.count) + digits }
        ". Two reports of the same file with the same options are the same bytes."
    }
}

/// An experiment that could not be analysed; it does not stop the others.
struct FailureSection {
    let damaged: DamagedExperiment
    let anchor: String

    var html: HTML {
        element("article", .class("card sick"), .id(anchor)) {
            element("header") {
                VerdictMark(kind: .failed, title: "Failed").html
                element("h2") { name(damaged.id) }
                element("p", .class("say")) { "It could not be analysed; the others could." }
                element("p", .class("rule")) { "It \(damaged.fault)." }
            }
        }
    }
}
