import ArgumentParser
import ExperimentAnalysis
import ExperimentReporting

/// The format in which `report` writes results.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case html
    case markdown
    case email
    case message
    case slack
    case json
    case csv
    case prometheus

    /// The formats, for help.
    static let names = allCases.map(\.rawValue).joined(separator: ", ")

    /// The endings of files that `nightly` knows, for messages.
    static let endings = allCases.map { ".\($0.ending)" }.joined(separator: ", ")

    /// Whether it shows segments; the others have no place for them.
    var showsSegments: Bool {
        switch self {
        case .text, .html, .json: true
        case .markdown, .email, .message, .slack, .csv, .prometheus: false
        }
    }

    /// The ending of a file in this format.
    var ending: String {
        switch self {
        case .text: "txt"
        case .markdown: "md"
        case .email: "mail.html"
        case .message: "eml"
        case .slack: "slack.json"
        case .prometheus: "prom"
        case .html, .json, .csv: rawValue
        }
    }

    /// The format of a file by its ending, the longest that fits; nil for one we don't write.
    init?(ending file: String) {
        let fitting = Self.allCases.filter { file.hasSuffix(".\($0.ending)") }
        guard let format = fitting.max(by: { $0.ending.count < $1.ending.count }) else { return nil }
        self = format
    }

    /// Renders results; only text has a style.
    func render(_ results: AnalysisResults, of database: String, style: TextStyle = TextStyle()) -> String {
        switch self {
        case .text: TextReport.render(Report(results, of: database), style: style)
        case .html: HTMLReport.render(Report(results, of: database))
        case .markdown: MarkdownReport.render(Report(results, of: database))
        case .email: EmailReport.render(Report(results, of: database))
        case .message: MailMessage.render(Report(results, of: database))
        case .slack: SlackReport.render(Report(results, of: database))
        case .json: JSONReport.render(results)
        case .csv: CSVReport.render(results)
        case .prometheus: PrometheusReport.render(Report(results, of: database))
        }
    }
}

/// The format in which a command prints its data.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
}
