import ExperimentAnalysis
import Experimentation

/// Sentences on how many units have had the whole windows of an experiment's metrics.
enum MaturityText {
    /// One sentence a window that some unit has not had yet; none where all have.
    ///
    /// `3,812 of 4,000 users had their 14 days; only these count in purchase and revenue.`
    static func sentences(_ result: ExperimentResult, in report: Report) -> [String] {
        let open = result.metrics.filter { metric in metric.maturity.map { $0.settled < $0.units } ?? false }
        let windows = Dictionary(grouping: open) { $0.maturity }
            .compactMap { maturity, metrics in maturity.map { ($0, metrics.map(\.metric.text)) } }
            .sorted { ($0.0.durationMicroseconds, $0.1[0]) < ($1.0.durationMicroseconds, $1.1[0]) }
        let sentences = windows.map { sentence($0.0, names: $0.1, result.unit) } + open.compactMap { soFar($0, result) }
        guard open.contains(where: \.isImmature), report.results.options.asOfMicroseconds == nil else {
            return sentences
        }
        let day = CivilDate(Int((result.endMicroseconds - 1) / 86_400_000_000)).text
        return sentences + ["The log ends on \(day); if it is complete, use --as-of with a later day."]
    }

    private static func sentence(_ maturity: MetricMaturity, names: [String], _ unit: ExperimentUnit) -> String {
        let window = duration(maturity.durationMicroseconds)
        let metrics = NumberText.list(names.map { VisibleText.of($0) })
        guard maturity.settled > 0 else {
            return "No \(unit.rawValue) has had the \(window) of \(metrics) yet, so none counts in it."
        }
        let units = NumberText.count(maturity.units, unit.rawValue)
        return "\(NumberText.count(maturity.settled)) of \(units) had their \(window); only these count in \(metrics)."
    }

    /// `With users still within their 14 days, purchase is 10.0% with control and 18.0% with treatment; no verdict uses these
    /// figures.`; nil where every window is over.
    private static func soFar(_ metric: MetricResult, _ result: ExperimentResult) -> String? {
        guard let soFar = metric.soFar else { return nil }
        let means = soFar.variants.map {
            "\(ResultText.mean($0, metric)) with \(VisibleText.of($0.variantID.text))"
        }
        let use = metric.margin == nil ? "no verdict uses these figures" : "only harm is looked for in these figures"
        let window = metric.maturity.map { duration($0.durationMicroseconds) } ?? "window"
        let name = VisibleText.of(metric.metric.text)
        return
            "With \(result.unit.rawValue)s still within their \(window), \(name) is \(NumberText.list(means)); \(use)."
    }

    /// Words after the number of units that count towards the plan: `are in`, or `have had their 14 days` where the
    /// first goal has a window that some have not had yet.
    static func counted(_ result: ExperimentResult) -> String {
        guard result.decision.units != result.units.analysed else { return "are in" }
        let maturity = result.metrics.first { $0.metric == result.goals.first && $0.maturity != nil }?.maturity
        return "have had their \(maturity.map { duration($0.durationMicroseconds) } ?? "window")"
    }

    /// `14 days`, in the largest unit that divides it.
    static func duration(_ microseconds: Int64) -> String {
        let units: [(Int64, String)] = [
            (86_400_000_000, "day"), (3_600_000_000, "hour"), (60_000_000, "minute"), (1_000_000, "second"),
            (1, "microsecond"),
        ]
        let unit = units.first { microseconds % $0.0 == 0 } ?? (1, "microsecond")
        return NumberText.count(Int(microseconds / unit.0), unit.1)
    }
}
