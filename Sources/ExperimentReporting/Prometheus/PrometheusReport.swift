import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentStatistics
import Experimentation

/// Health and freshness for Prometheus, as a text file that node_exporter's textfile collector picks up.
///
/// No effects: an alert on a lift would be a decision by accident. Times are of the data; a sample has no timestamp, as the
/// collector wants it. Source of the format: Prometheus, "Exposition formats", text-based format 0.0.4.
public enum PrometheusReport {
    /// Renders a report.
    /// - Parameter report: The report.
    /// - Returns: A UTF-8 document; the same report gives the same bytes.
    public static func render(_ report: Report) -> String {
        let results = report.results
        var text = ""
        write(
            &text, "experiments_last_exposure_number", "Number of the last exposure that was read.",
            [([], Double(results.through.exposure))])
        write(
            &text, "experiments_last_outcome_number", "Number of the last outcome that was read.",
            [([], Double(results.through.outcome))])
        write(
            &text, "experiments_unattributed_outcomes", "Outcomes that belong to no experiment.",
            [([], Double(results.unattributedOutcomes.total))])
        write(
            &text, "experiments_failed", "1 for an experiment that could not be analysed.",
            results.damagedExperiments.map { ([("experiment", $0.id.text)], 1) })
        for family in families {
            write(
                &text, "experiments_" + family.name, family.help,
                results.experiments.compactMap { result in
                    family.value(result).map { ([("experiment", result.experiment.text)], $0) }
                })
        }
        write(
            &text, "experiments_outcomes_discarded", "Outcomes of the experiment that do not count, by the reason.",
            results.experiments.flatMap { result in
                DiscardReason.allCases.map { reason in
                    (
                        [("experiment", result.experiment.text), ("reason", reason.rawValue)],
                        Double(result.outcomes.discarded(reason))
                    )
                }
            })
        write(
            &text, "experiments_verdict", "1 for the verdict of an experiment.",
            report.results.experiments.compactMap { result in
                let experiment = report.experiments.first { $0.result.experiment == result.experiment }
                return experiment.map {
                    ([("experiment", result.experiment.text), ("verdict", $0.verdict.kind.name)], 1)
                }
            })
        write(
            &text, "experiments_problem", "1 for something that is wrong with an experiment.",
            results.experiments.flatMap(problems))
        return text
    }

    private static func problems(_ result: ExperimentResult) -> [(labels: [(String, String)], value: Double)] {
        var seen: Set<String> = []
        return result.problems.filter { seen.insert($0.name).inserted }.map { problem in
            let alarm = problem.isAlarm ? "true" : "false"
            return ([("experiment", result.experiment.text), ("problem", problem.name), ("alarm", alarm)], 1)
        }
    }

    /// Families of metrics that every experiment has, each with its value; nil where the value is not known.
    private static let families: [(name: String, help: String, value: @Sendable (ExperimentResult) -> Double?)] = [
        ("running", "1 while an experiment runs.", { $0.status == .running ? 1 : 0 }),
        ("trustworthy", "0 while an alarm says that no effect may be believed.", { $0.isTrustworthy ? 1 : 0 }),
        ("units_analysed", "Units that the results are about.", { Double($0.units.analysed) }),
        ("units_exposed", "Units with an enrolled exposure.", { Double($0.units.exposed) }),
        ("units_crossover", "Units that saw several variants.", { Double($0.units.crossover) }),
        ("exposures", "Exposures in the reported phase.", { Double($0.exposures.total) }),
        ("outcomes", "Outcomes of the experiment.", { Double($0.outcomes.total) }),
        ("outcomes_kept", "Outcomes that count.", { Double($0.outcomes.kept) }),
        ("sample_ratio_p_value", "P-value of the units' split against the weights.", { $0.sampleRatio.pValue }),
        (
            "last_exposure_day_timestamp_seconds", "Start of the last day with an exposure, in UTC.",
            { $0.days.last.map { Double($0.day) * 86_400 } }
        ),
    ]

    private static func write(
        _ text: inout String, _ name: String, _ help: String, _ samples: [(labels: [(String, String)], value: Double)]
    ) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
            text += name + (labels.isEmpty ? "" : "{\(labels)}") + " \(number(sample.value))\n"
        }
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }

    /// A label's value: backslash, quotation mark and line feed are escaped, everything else is UTF-8.
    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
