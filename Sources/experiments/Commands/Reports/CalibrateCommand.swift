import ArgumentParser
import ExperimentAnalysis
import ExperimentReporting
import ExperimentStorage
import Experimentation

/// `experiments calibrate`: how often the checks and verdicts err on the file's own rows.
struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Says how often the checks and verdicts err on the file's own rows, and which lifts they find there.",
        discussion: """
            The units of the past are dealt to the variants anew, many times, and every night is looked at again: what is
            then said is a false alarm. In a second reading the first treatment raises the first goal by known lifts.

            EXAMPLE
              experiments calibrate --database shop.db
              experiments calibrate checkout_button_color --splits 1000 --lift 0.03 --format json --database shop.db
            """)

    @Argument(help: "The experiments' ids; all of them if none is given.", completion: ExperimentCompletion.ids)
    var experiments: [ExperimentName] = []
    @OptionGroup var options: DatabaseOptions
    @Option(help: "How many times the units are dealt anew.") var splits = 200
    @Option(help: "How many nights are looked at, spread evenly where there are more.") var nights = 60
    @Option(
        help: """
            A lift that the treatment has, such as 0.05; may be repeated. 0.01, 0.02, 0.05, 0.1 and 0.2 if not given.
            """)
    var lift: [Double] = []
    @Option(help: "The seed of the splits: the same gives the same answers.") var seed: UInt64 = 1
    @Option(help: "The coverage of the intervals, between 0 and 1.") var confidence = 0.95
    @Option(help: InputZone.daysHelp, transform: InputZone.parsed) var timezone: InputZone?
    @Option(help: "How to print: text or json.") var format: OutputFormat = .text

    func validate() throws {
        guard confidence > 0, confidence < 1 else { throw ValidationError("The confidence must be between 0 and 1.") }
        guard (1...100_000).contains(splits) else { throw ValidationError("--splits must be between 1 and 100000.") }
        guard nights >= 1 else { throw ValidationError("--nights must be 1 or more.") }
        guard lift.allSatisfy({ $0 > 0 && $0.isFinite }) else { throw ValidationError("A --lift must be above 0.") }
    }

    func run() throws {
        try options.checkExistence()
        if !experiments.isEmpty {
            let reader = try options.reader()
            let known = try options.translating(reader.ids())
            for id in experiments where !known.contains(id) {
                throw Failure.unknown("experiment", id, known: known)
            }
        }
        var asked = CalibrationOptions()
        asked.experiments = experiments
        asked.splits = splits
        asked.nights = nights
        asked.seed = seed
        asked.confidence = confidence
        asked.calendar = try options.calendar(timezone)
        if !lift.isEmpty { asked.lifts = lift }
        let calibrations = try analyze(asked)
        if experiments.isEmpty { try options.tellRetained(besides: calibrations.map(\.experiment)) }
        switch format {
        case .text: try StandardOutput.write(CalibrationReport.text(calibrations))
        case .json: try StandardOutput.write(CalibrationReport.json(calibrations))
        }
    }

    private func analyze(_ asked: CalibrationOptions) throws(Failure) -> [Calibration] {
        let bar = ProgressBar()
        defer { bar.clear() }
        return try options.translating { () throws(ExperimentError) in
            try ExperimentAnalyzer(databaseAt: options.database).calibrate(asked) { done, all in
                bar.update("splits", Int64(done), of: Int64(all))
            }
        }
    }
}
