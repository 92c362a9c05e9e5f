import ArgumentParser
import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentReporting
import ExperimentStorage
import Experimentation

/// `experiments report`: what the experiments show.
struct ReportCommand: ParsableCommand {
    /// What becomes of units seen in several variants.
    enum Crossovers: String, CaseIterable, ExpressibleByArgument {
        case exclude
        case first
    }

    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Reports the results of the experiments, as of one moment, while a server writes.",
        discussion: """
            Only outcomes at or after their unit's first exposure count; what was left out is listed with its reason.

            EXAMPLE
              experiments report --database shop.db
              experiments report checkout_button_color --format json --output report.json --database shop.db
              experiments report --as-of 2026-01-31 --crossovers first --database shop.db
            """)

    @Argument(help: "The experiments' ids; all of them if none is given.", completion: ExperimentCompletion.ids)
    var experiments: [ExperimentName] = []
    @OptionGroup var options: DatabaseOptions
    @Option(help: "How to write it: text, html, markdown, email, message, slack, json, csv or prometheus.")
    var format: ReportFormat = .text
    @Option(help: "A file to write instead of standard output; it appears when it is complete.") var output: String?
    @Option(help: Moment.help, transform: Moment.parsed)
    var asOf: Moment?
    @Option(help: "The phase to report; each experiment's latest if not given.") var phase: Int?
    @Option(help: "Units seen in several variants: exclude them, or keep them in the first.")
    var crossovers: Crossovers = .exclude
    @Option(help: "Show segments too, in text, html and json: by the values of this attribute of the first exposure.")
    var by: AttributeName?
    @Option(help: "The coverage of the intervals, between 0 and 1.") var confidence = 0.95
    @Option(help: InputZone.daysHelp, transform: InputZone.parsed) var timezone: InputZone?

    func validate() throws {
        guard confidence > 0, confidence < 1 else { throw ValidationError("The confidence must be between 0 and 1.") }
        guard phase ?? 1 >= 1 else { throw ValidationError("The phase must be 1 or more.") }
        guard by == nil || format.showsSegments else {
            throw ValidationError("--by needs --format text, html or json: \(format.rawValue) shows no segments.")
        }
    }

    func run() throws {
        var analysis = AnalysisOptions()
        analysis.experiments = experiments
        analysis.asOfMicroseconds = asOf?.microseconds(timezone?.calendar ?? .utc)
        analysis.phase = phase
        analysis.crossovers = crossovers == .first ? .first : .exclude
        analysis.confidence = confidence
        analysis.segmentAttribute = by
        analysis.calendar = try options.calendar(timezone)
        if !experiments.isEmpty {
            let reader = try options.reader()
            let known = try options.translating(reader.ids())
            for id in experiments where !known.contains(id) {
                throw Failure.unknown("experiment", id, known: known)
            }
        }
        let results = try Self.analyze(analysis, options)
        let unreadable = results.damagedExperiments.first.map { failure in
            "\(Escaping.quoted(failure.id)) could not be analysed: it \(failure.fault)"
        }
        if let unreadable, !experiments.isEmpty, results.experiments.isEmpty { throw Failure(.input, unreadable) }
        if let output {
            try FileOutput.replace(output, with: format.render(results, of: options.database), about: options.database)
        } else {
            try StandardOutput.write(format.render(results, of: options.database, style: StandardOutput.style))
        }
        if let unreadable { throw Failure(.partial, unreadable) }
    }

    /// Analyses a database, and says failures in the tool's words.
    static func analyze(_ analysis: AnalysisOptions, _ options: DatabaseOptions) throws(Failure) -> AnalysisResults {
        try options.checkExistence()
        defer { StatusLine.clear() }
        return try options.translating { () throws(ExperimentError) in
            try ExperimentAnalyzer(databaseAt: options.database).analyze(analysis) { step in
                StatusLine.show("\(step.rawValue) …")
            }
        }
    }
}
