import ExperimentAnalysis
import Experimentation

/// Sentences on how many units have completed the whole windows of an experiment's metrics.
enum MaturityText {
    /// One sentence a window that some unit has not completed yet; none where all have.
    ///
    /// `3,812 of 4,000 users have completed their 14 days; only these count in purchase and revenue.`
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
            return "No \(unit.rawValue) has completed the \(window) of \(metrics) yet, so none counts in it."
        }
        let units = NumberText.count(maturity.units, unit.rawValue)
        let settled = NumberText.count(maturity.settled)
        return "\(settled) of \(units) \(completed(window, unit)); only these count in \(metrics)."
    }

    /// `Counting also users who have not completed their 14 days, purchase is 10.0% with control and 18.0% with treatment; no
    /// verdict uses these figures.`; nil where every window is over.
    private static func soFar(_ metric: MetricResult, _ result: ExperimentResult) -> String? {
        guard let soFar = metric.soFar else { return nil }
        let means = soFar.variants.map {
            "\(ResultText.mean($0, metric)) with \(VisibleText.of($0.variantID.text))"
        }
        let use = metric.margin == nil ? "no verdict uses these figures" : "only harm is looked for in these figures"
        let window = metric.maturity.map { duration($0.durationMicroseconds) } ?? "window"
        let name = VisibleText.of(metric.metric.text)
        return
            "Counting also \(uncompleted(window, result.unit)), \(name) is \(NumberText.list(means)); \(use)."
    }

    /// Words after the number of units that count towards the plan: `are in`, or `have completed their 14 days` where the
    /// first goal has a window that some have not completed yet.
    static func counted(_ result: ExperimentResult) -> String {
        guard result.decision.units != result.units.analysed else { return "are in" }
        let maturity = result.metrics.first { $0.metric == result.goals.first && $0.maturity != nil }?.maturity
        return completed(maturity.map { duration($0.durationMicroseconds) } ?? "window", result.unit)
    }

    /// Beside the number of all units, how many of them count towards the plan: `12,523 completed`; nil where all do.
    static func settled(_ result: ExperimentResult) -> String? {
        guard result.decision.units != result.units.analysed else { return nil }
        return "\(NumberText.count(result.decision.units)) \(result.unit == .user ? "completed" : "old enough")"
    }

    /// After a number of units: `have completed their 7 days`; a session does nothing for days, so it `began at least 7 days
    /// ago`.
    private static func completed(_ window: String, _ unit: ExperimentUnit) -> String {
        switch unit {
        case .user: "have completed their \(window)"
        case .session: "began at least \(window) ago"
        }
    }

    /// The others: `users who have not completed their 7 days`.
    private static func uncompleted(_ window: String, _ unit: ExperimentUnit) -> String {
        switch unit {
        case .user: "users who have not completed their \(window)"
        case .session: "sessions that began less than \(window) ago"
        }
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
