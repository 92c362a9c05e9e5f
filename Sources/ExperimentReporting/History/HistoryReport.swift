public import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentJSON
import ExperimentStatistics
import Experimentation

/// History of an experiment's results: one row a night, metric and treatment.
public enum HistoryReport {
    /// Renders the nights for people at a terminal.
    /// - Parameters:
    ///   - result: The experiment.
    ///   - metrics: The metrics to show.
    /// - Returns: Lines of UTF-8, each ended by a newline.
    public static func text(_ result: ExperimentResult, _ metrics: [MetricResult]) -> String {
        var nights = TextTable([.left, .right, .left, .left])
        nights.add(["night", "units", "verdict", "alarms"])
        for night in result.nights {
            nights.add([
                CivilDate(night.day).text, NumberText.count(night.units.reduce(0, +)),
                night.verdict.map { verdict($0, night.variantID) } ?? "",
                night.alarms.map(\.words.plain).joined(separator: ", "),
            ])
        }
        var lines = [result.experiment.text, ""] + nights.lines()
        if !result.withdrawnNights.isEmpty { lines.append("") }
        lines += result.withdrawnNights.map(sentence)
        if !result.planChanges.isEmpty { lines.append("") }
        lines += result.planChanges.map { PlanChangeText.sentence($0).plain }
        for metric in metrics {
            for comparison in metric.comparisons where !comparison.history.looks.isEmpty {
                lines += ["", "\(metric.metric) (\(metric.kind.rawValue)), \(comparison.variantID)", ""]
                lines += table(comparison.history, MetricScale(metric.definition)).lines()
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Renders the nights for programs.
    /// - Parameters:
    ///   - result: The experiment.
    ///   - metrics: The metrics to show.
    /// - Returns: A JSON document ended by a newline.
    public static func json(_ result: ExperimentResult, _ metrics: [MetricResult]) -> String {
        JSONValue.object([
            ("experiment", .name(result.experiment)), ("phase", .integer(result.phase)),
            ("variants", .array(result.variants.map { .name($0.variantID) })),
            ("nights", .array(result.nights.map(DecisionJSON.night))),
            ("withdrawn_nights", .array(result.withdrawnNights.map(json))),
            ("plan_changes", .array(result.planChanges.map(PlanChangeText.json))),
            (
                "metrics",
                .array(
                    metrics.map { metric in
                        .object([
                            ("metric", .name(metric.metric)), ("kind", .string(metric.kind.rawValue)),
                            ("comparisons", .array(metric.comparisons.map(ComparisonJSON.history))),
                        ])
                    })
            ),
        ]).document
    }

    /// `stop treatment`, and `wait` without the treatment that is watched.
    private static func verdict(_ verdict: Verdict, _ variantID: VariantName?) -> String {
        let treatment = VerdictText.isAboutVariant(verdict) ? variantID.map { " \($0)" } ?? "" : ""
        return VerdictText.plain(verdict) + treatment
    }

    private static func sentence(_ night: WithdrawnNight) -> String {
        let said = night.verdict.map { "; its verdict was “\(VerdictText.plain($0))”" } ?? ""
        let by = night.origin.map { " by \($0 == .tool ? "the tool" : $0 == .server ? "a server" : "hand")" } ?? ""
        return
            "The night of \(CivilDate(night.day).text), stored \(RFC3339.string(microseconds: night.storedAtMicroseconds)), "
            + "was withdrawn \(RFC3339.string(microseconds: night.withdrawnAtMicroseconds))\(by)\(said)."
    }

    private static func json(_ night: WithdrawnNight) -> JSONValue {
        .object([
            ("date", .string(CivilDate(night.day).text)),
            ("stored_at", .string(RFC3339.string(microseconds: night.storedAtMicroseconds))),
            ("withdrawn_at", .string(RFC3339.string(microseconds: night.withdrawnAtMicroseconds))),
            ("origin", .string(night.origin?.rawValue)), ("verdict", .string(night.verdict?.rawValue)),
        ])
    }

    private static func table(_ history: ComparisonHistory, _ scale: MetricScale) -> TextTable {
        var table = TextTable([.left, .right, .left, .right])
        table.add(["night", "lift", "safe to check daily", "p"])
        for look in history.looks {
            guard let inference = look.inference else {
                table.add([CivilDate(look.day).text, "–", "not enough data", ""])
                continue
            }
            table.add([
                CivilDate(look.day).text, ResultText.lift(inference),
                ResultText.interval(inference, scale),
                inference.pValue.map { NumberText.pValue($0, log: inference.logPValue) } ?? "–",
            ])
        }
        let running = history.running
        let interval = running.liftInterval.map { NumberText.lift($0, decimals: NumberText.decimals($0)) }
        table.add([
            "all nights", "", running.isContradicted ? "nothing in common" : interval ?? "–",
            running.pValue.map { NumberText.pValue($0, log: running.logPValue) } ?? "–",
        ])
        return table
    }
}
