import ExperimentJSON
import Experimentation

/// A report as a message for Slack: the body that an incoming webhook takes, whoever posts it.
///
/// Limits are those of Block Kit: 50 blocks, 150 characters in a header, 3,000 in a section.
/// Source: Slack, "Reference: blocks" and "Formatting text for app surfaces".
public enum SlackReport {
    private static let shown = 10

    /// Renders a report.
    /// - Parameter report: The report.
    /// - Returns: A JSON document.
    public static func render(_ report: Report) -> String {
        var blocks = [section(bold(report.headline))]
        blocks += list("Decide", report.decisions)
        blocks += list("Repair", report.repairs)
        if let previous = report.previous { blocks += list("Changed since \(previous.short)", report.changes) }
        blocks.append(
            .object([
                ("type", .string("context")),
                ("elements", .array([text("mrkdwn", escaped(report.subtitle.plain))])),
            ]))
        // Notifications, and programs that show no blocks, have the text.
        return JSONValue.object([("text", .string(escaped(report.headline.plain))), ("blocks", .array(blocks))])
            .document
    }

    private static func list(_ title: String, _ items: [Report.Item]) -> [JSONValue] {
        guard !items.isEmpty else { return [] }
        let lines = items.prefix(shown).map { item in
            let verdict = item.title.plain.isEmpty ? "" : "\(item.kind.mark) \(bold(item.title))\(item.joint)"
            let since = item.since.map { " (\($0.text))" } ?? ""
            return "\(verdict)\(bold("\(experiment: item.experiment)"))\(since)\n\(words(item.reason))"
        }
        let more = items.count > shown ? ["and \(NumberText.count(items.count - shown)) more"] : []
        return [section("*\(title)*")] + (lines + more).map(section)
    }

    private static func section(_ markup: String) -> JSONValue {
        .object([("type", .string("section")), ("text", text("mrkdwn", String(markup.prefix(3_000))))])
    }

    private static func text(_ type: String, _ text: String) -> JSONValue {
        .object([("type", .string(type)), ("text", .string(text))])
    }

    private static func bold(_ phrase: MarkedText) -> String { "*\(escaped(phrase.plain))*" }

    private static func words(_ phrase: MarkedText) -> String { escaped(phrase.plain) }

    /// Text without markup.
    ///
    /// Names must not mention people or make links; a star or an underscore in a name only looks bold. A zero-width space
    /// takes the meaning from the others.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "*", "_", "~", "`": result += "\u{200b}" + String(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
