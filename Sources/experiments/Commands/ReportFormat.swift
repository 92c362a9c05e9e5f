import ArgumentParser
import ExperimentAnalysis
import ExperimentReporting

/// How `report` writes results.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    case csv
    case html

    /// The endings of files that `nightly` knows, for messages.
    static let endings = allCases.map { ".\($0.ending)" }.joined(separator: ", ")

    /// The ending of a file in this format.
    var ending: String { self == .text ? "txt" : rawValue }

    /// The format of a file by its ending; nil for one we don't write.
    init?(ending file: String) {
        guard let format = Self.allCases.first(where: { file.hasSuffix(".\($0.ending)") }) else { return nil }
        self = format
    }

    /// Renders results; only text has a style.
    func render(_ results: AnalysisResults, of database: String, style: TextStyle = .plain) -> String {
        switch self {
        case .text: TextReport.render(results, style: style)
        case .json: JSONReport.render(results)
        case .csv: CSVReport.render(results)
        case .html: HTMLReport.render(Edition(results, of: database))
        }
    }
}
