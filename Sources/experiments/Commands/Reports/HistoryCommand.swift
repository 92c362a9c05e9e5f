import ArgumentParser
import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentReporting
import ExperimentStatistics
import ExperimentStorage
import Experimentation

/// `experiments history`: how an experiment's results came about, night by night.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Prints what the stored nights saw of an experiment, by the intervals that are safe to check daily.",
        discussion: """
            Nights that were withdrawn are named, with what they had said.

            EXAMPLE
              experiments history checkout_button_color --metric purchase --database shop.db
            """)

    @Argument(help: "The experiment's id.", completion: ExperimentCompletion.ids) var experiment: ExperimentName
    @OptionGroup var options: DatabaseOptions
    @Option(help: "Only this metric.") var metric: MetricName?
    @Option(help: "The phase; the latest if not given.") var phase: Int?
    @Option(help: "The coverage of the intervals, between 0 and 1.") var confidence = 0.95
    @Option(help: "How to print: text or json.") var format: OutputFormat = .text

    func validate() throws {
        guard confidence > 0, confidence < 1 else { throw ValidationError("The confidence must be between 0 and 1.") }
    }

    func run() throws {
        var analysis = AnalysisOptions()
        analysis.experiments = [experiment]
        analysis.phase = phase
        analysis.confidence = confidence
        let reader = try options.reader()
        let known = try options.translating(reader.ids())
        guard known.contains(experiment) else {
            throw Failure.unknown("experiment", experiment, known: known)
        }
        let results = try ReportCommand.analyze(analysis, options)
        guard let result = results.experiments.first else {
            let reason = results.damagedExperiments.first.map { ": it \($0.fault)" } ?? ""
            throw Failure(.input, "\(Escaping.quoted(experiment)) cannot be read\(reason)")
        }
        let metrics = result.metrics.filter { metric == nil || $0.metric == metric }
        if let metric, metrics.isEmpty { throw Failure.unknown("metric", metric, known: result.metrics.map(\.metric)) }
        let removals = try options.translating(reader.removals())
        if !result.nights.isEmpty, let last = removals.last(where: { $0.cause == .erasure }) {
            StandardError.write(
                "Rows were erased since, the last on \(last.beganAt.rfc3339): the nights before still count them."
            )
        }
        switch format {
        case .text where result.nights.isEmpty && result.withdrawnNights.isEmpty:
            StandardError.write("No night is stored yet; see 'experiments nightly'.")
        case .text: try StandardOutput.write(HistoryReport.text(result, metrics))
        case .json: try StandardOutput.write(HistoryReport.json(result, metrics))
        }
    }
}
