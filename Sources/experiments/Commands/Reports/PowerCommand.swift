import ArgumentParser
import ExperimentAnalysis
import ExperimentJSON
import ExperimentReporting
import ExperimentStatistics
import Experimentation

/// `experiments power`: how many units and days an experiment needs.
struct PowerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "power",
        abstract: "Says how many units and days it takes to find a lift, and which lift the units there are find.",
        discussion: """
            Give the baseline, or an experiment whose control has the metric already; its traffic then gives the days,
            and its units the smallest effect that it finds now.

            EXAMPLE
              experiments power --baseline 0.08 --lift 0.05 --daily 2000
              experiments power --baseline 42 --standard-deviation 60 --lift 0.02
              experiments power checkout_button_color --metric revenue --lift 0.05 --database shop.db
              experiments power checkout_button_color --metric revenue --database shop.db
            """)

    @Argument(help: "An experiment whose control gives the baseline.") var experiment: ExperimentName?
    @Option(help: "Its metric.") var metric: MetricName?
    @Option(help: "Its kind, where the name was recorded with several: bool, numeric or count.") var kind: MetricKind?
    @Option(
        name: [.long, .customShort("d")],
        help: "The database file; the environment's \(DatabaseOptions.variable) if not given.", completion: .file())
    var database: String?
    @Option(
        parsing: .unconditional,
        help: "The mean without the change; a share in 0…1 unless a standard deviation is given.")
    var baseline: Double?
    @Option(parsing: .unconditional, help: "The standard deviation of the units' values.") var standardDeviation:
        Double?
    @Option(
        parsing: .unconditional,
        help: "The relative change to find, such as 0.05; also negative. Not needed with an experiment.")
    var lift: Double?
    @Option(help: "New units a day, all variants together.") var daily: Double?
    @Option(help: "The number of variants, the control included, of equal weight; the experiment's if not given, or 2.")
    var variants: Int?
    @Option(help: "The coverage of the intervals, between 0 and 1.") var confidence = 0.95
    @Option(help: "The wanted probability of finding the lift, between 0 and 1.") var power = 0.8
    @Option(help: "How to print: text or json.") var format: OutputFormat = .text

    func validate() throws {
        let isFromFile = experiment != nil
        guard isFromFile != (baseline != nil) else {
            throw ValidationError("Give either --baseline, or an experiment with --metric and --database.")
        }
        // The environment's database is there for other commands, too: beside --baseline it says nothing.
        let hasDatabase = database != nil || isFromFile && DatabaseOptions.standard != nil
        guard isFromFile == (metric != nil), isFromFile == hasDatabase else {
            throw ValidationError("Give an experiment together with its --metric and its --database.")
        }
        guard isFromFile || lift != nil else { throw ValidationError("Give the --lift to find.") }
        if let lift, !(lift.isFinite && lift != 0 && lift > -1) {
            throw ValidationError("The lift must be above −1 and not 0.")
        }
        guard variants ?? 2 >= 2 else { throw ValidationError("There must be 2 variants or more.") }
        guard confidence > 0, confidence < 1 else { throw ValidationError("The confidence must be between 0 and 1.") }
        guard power > 1 - confidence, power < 1 else {
            throw ValidationError("The power must be between 1 − confidence and 1.")
        }
        guard daily ?? 1 > 0, (daily ?? 1).isFinite else { throw ValidationError("The daily units must be positive.") }
        if let standardDeviation, !(standardDeviation > 0 && standardDeviation.isFinite) || isFromFile {
            throw ValidationError("The standard deviation must be positive, and goes with --baseline.")
        }
        if let baseline, standardDeviation == nil, !(baseline > 0 && baseline < 1 && baseline * (1 + (lift ?? 0)) < 1) {
            throw ValidationError(
                "A share must be between 0 and 1, with the lift too; a mean needs --standard-deviation.")
        }
        if let baseline, !(baseline.isFinite && baseline != 0) {
            throw ValidationError("The baseline must be a number other than 0.")
        }
    }

    func run() throws {
        let baseline = try readBaseline()
        guard baseline.variance != nil || lift.map({ baseline.mean * (1 + $0) < 1 }) ?? true else {
            throw Failure(.usage, "a share cannot grow by so much: it would pass 100 %")
        }
        let analysis = PowerAnalysis(confidence: confidence, power: power)
        let variants = variants ?? max(2, baseline.treatments.count + 1)
        let lifts = (lift.map { [$0 / 2, $0, $0 * 2] } ?? []).filter {
            $0 > -1 && (baseline.variance != nil || baseline.mean * (1 + $0) < 1)
        }
        let plans = lifts.map { SampleSize(lift: $0, baseline, variants: variants, analysis) }
        let detectable = baseline.detectable(analysis)
        switch format {
        case .text:
            let text = SampleSizeText(
                baseline: baseline, plans: plans, detectable: detectable, lift: lift, analysis: analysis,
                variants: variants)
            try StandardOutput.write(text.text)
        case .json:
            let answer: [JSONValue.Member] = [
                ("baseline", .number(baseline.mean)), ("variance", .number(baseline.variance(at: baseline.mean))),
                ("variants", .integer(variants)), ("confidence", .number(confidence)), ("power", .number(power)),
                ("units_per_day", .number(baseline.daily)), ("variance_left", .number(baseline.varianceLeft)),
                ("window_days", .number(baseline.windowDays)), ("plans", .array(plans.map(\.json))),
                ("detectable", .array(detectable.map(\.json))),
            ]
            try StandardOutput.write(JSONValue.object(answer).document)
        }
    }

    private func readBaseline() throws -> MetricBaseline {
        guard let experiment, let metric, let database = database ?? DatabaseOptions.standard else {
            return MetricBaseline(
                mean: baseline ?? 0, variance: standardDeviation.map { $0 * $0 }, daily: daily)
        }
        let options = try DatabaseOptions.parse(["--database", database])
        var analysis = AnalysisOptions()
        analysis.experiments = [experiment]
        let results = try ReportCommand.analyze(analysis, options)
        guard let result = results.experiments.first else { throw Failure.unknown("experiment", experiment, known: []) }
        return try MetricBaseline(result, metric: metric, kind: kind, daily: daily)
    }
}
