import ArgumentParser
import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentReporting
import ExperimentStorage
import Experimentation

/// The subject of a report, its rules, and its format.
struct ReportOptions: ParsableArguments {
    /// The treatment of units seen in several variants: left out, or kept in the first.
    enum Crossovers: String, CaseIterable, ExpressibleByArgument {
        case exclude
        case first
    }

    @Argument(help: "The experiments' ids; all of them if none is given.", completion: ExperimentCompletion.ids)
    var experiments: [ExperimentName] = []
    @Option(
        help: """
            How to write it: \(ReportFormat.names) (message is a whole mail, email its HTML alone); as the output's name \
            ends, or text, if not given.
            """)
    var format: ReportFormat?
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
        let format = chosenFormat
        guard by == nil || format.showsSegments else {
            throw ValidationError("--by needs --format text, html or json: \(format.rawValue) shows no segments.")
        }
    }

    private var chosenFormat: ReportFormat { format ?? output.flatMap { ReportFormat(ending: $0) } ?? .text }

    /// The options of the analysis; names an experiment that was probably meant where one is not there.
    func analysis(_ options: DatabaseOptions) throws(Failure) -> AnalysisOptions {
        try options.checkExistence()
        var analysis = AnalysisOptions()
        analysis.experiments = experiments
        analysis.calendar = try options.calendar(timezone)
        analysis.asOfMicroseconds = asOf?.microseconds(analysis.calendar)
        analysis.phase = phase
        analysis.crossovers = crossovers == .first ? .first : .exclude
        analysis.confidence = confidence
        analysis.segmentAttribute = by
        guard !experiments.isEmpty else { return analysis }
        let reader = try options.reader()
        let known = try options.translating(reader.ids())
        for id in experiments where !known.contains(id) {
            throw Failure.unknown("experiment", id, known: known)
        }
        return analysis
    }

    /// Writes results, and ends in failure where an experiment could not be analysed.
    func write(_ results: AnalysisResults, of database: String) throws(Failure) {
        let format = chosenFormat
        let unreadable = results.damagedExperiments.first.map { failure in
            "\(Escaping.quoted(failure.id)) could not be analysed: it \(failure.fault)"
        }
        if let unreadable, !experiments.isEmpty, results.experiments.isEmpty { throw Failure(.input, unreadable) }
        if let output {
            try FileOutput.replace(output, with: format.render(results, of: database), about: database)
        } else {
            try StandardOutput.write(format.render(results, of: database, style: StandardOutput.style))
        }
        if let unreadable { throw Failure(.partial, unreadable) }
    }
}
