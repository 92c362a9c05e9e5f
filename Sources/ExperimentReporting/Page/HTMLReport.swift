import ExperimentAnalysis
import Experimentation

/// An edition as one HTML file that opens anywhere: no script, nothing loaded, nothing sent.
///
/// The content security policy makes that a property of the file, and would disarm a missed escape. Without its style
/// sheet the page still reads: it is headings, paragraphs and tables.
public enum HTMLReport {
    /// Renders an edition.
    /// - Parameter edition: The edition.
    /// - Returns: A UTF-8 document; the same edition gives the same bytes.
    public static func render(_ edition: Edition) -> String {
        let page = group {
            HTML(literal: "<!doctype html>\n")
            element("html", .init("lang", "en")) {
                element("head") { head(edition) }
                element("body") { body(edition) }
            }
        }
        return page.markup + "\n"
    }

    @HTMLBuilder private static func head(_ edition: Edition) -> HTML {
        void("meta", .init("charset", "utf-8"))
        element("title") { edition.title }
        void("meta", .init("name", "viewport"), .init("content", "width=device-width, initial-scale=1"))
        void("meta", .init("name", "color-scheme"), .init("content", "light dark"))
        void(
            "meta", .init("http-equiv", "Content-Security-Policy"),
            .init("content", "default-src 'none'; style-src 'unsafe-inline'"))
        void("meta", .init("name", "referrer"), .init("content", "no-referrer"))
        StyleSheet.element
    }

    @HTMLBuilder private static func body(_ edition: Edition) -> HTML {
        element("a", .class("skip"), .href("#experiments")) { "To the experiments" }
        element("div", .class("page")) {
            FrontPage(edition: edition).html
            element("main") {
                IndexTable(edition: edition).html
                for (index, damaged) in edition.results.damagedExperiments.enumerated() {
                    FailureSection(damaged: damaged, anchor: Edition.failureAnchor(index)).html
                }
                for (index, card) in edition.cards.enumerated() {
                    CardSection(card: card, anchor: Edition.anchor(index), edition: edition).html
                }
                Appendix(edition: edition).html
            }
            element("footer") { footer(edition) }
        }
    }

    @HTMLBuilder private static func footer(_ edition: Edition) -> HTML {
        let digits = String(DefaultHash(JSONReport.render(edition.results)).fnv1a64, radix: 16)
        "Fingerprint of the results (FNV-1a of "
        element("code") { "--format json" }
        "): "
        element("code") { String(repeating: "0", count: 16 - digits.count) + digits }
        ". Two reports of the same file with the same options are the same bytes."
    }
}
