public import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// Results for people at a terminal: what to trust first, then the effects, then what was left out.
public enum TextReport {
    /// Renders results.
    /// - Parameters:
    ///   - results: The results.
    ///   - style: How emphasis is shown.
    /// - Returns: Lines of UTF-8, each ended by a newline.
    public static func render(_ results: AnalysisResults, style: TextStyle = .plain) -> String {
        var lines: [String] = []
        for experiment in results.experiments {
            lines += ExperimentText(experiment, confidence: results.options.confidence, style: style).lines + [""]
        }
        for failure in results.failures {
            lines += [style.bold(failure.experiment), "", style.alarm("  ✗ Failed: \(failure.reason)."), ""]
        }
        if results.experiments.isEmpty, results.failures.isEmpty { lines += ["No experiments yet.", ""] }
        lines.append(style.dim(footer(results)))
        let lost = results.unattributedOutcomes
        if lost.total > 0 {
            lines.append(
                style.dim(
                    "\(NumberText.count(lost.total)) outcomes belong to no experiment: "
                        + "\(NumberText.count(lost.neverExposed)) of units never exposed, "
                        + "\(NumberText.count(lost.noUnit)) without a unit."))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func footer(_ results: AnalysisResults) -> String {
        let through =
            "Through exposure \(NumberText.count(results.through.exposure)), "
            + "outcome \(NumberText.count(results.through.outcome))"
        guard let time = results.options.asOfMicroseconds else { return through + "." }
        return through + ", events before \(RFC3339.string(microseconds: time))."
    }
}
