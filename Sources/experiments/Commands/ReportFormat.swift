import ArgumentParser
import ExperimentAnalysis
import ExperimentReporting

/// How `report` writes results.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    case csv
    case html

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
