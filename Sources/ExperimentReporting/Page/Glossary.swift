import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// How to read the report, by which rules it was made, and how to make it again.
struct Glossary {
    let report: Report

    var html: HTML {
        element("section", .class("appendix"), .id("how")) {
            element("h2") { "How to read this report" }
            element("dl", .class("columns")) {
                for (term, text) in entries {
                    element("div") {
                        element("dt") { term }
                        element("dd") { text.html }
                    }
                }
            }
        }
    }

    private var level: String { Legend.level(report) }

    private var entries: [(String, MarkedText)] {
        reading + methods + [("Settings of this report", settings), ("The same numbers elsewhere", elsewhere)]
    }

    private var reading: [(String, MarkedText)] {
        [
            (
                "Who is counted",
                "Units with an enrolled exposure in the reported phase. The denominator comes from exposures, so a unit without an outcome counts as zero, unless its metric leaves such units out."
            ),
            (
                "Which outcomes count",
                "Those at or after their unit’s first exposure and, where the metric has one, within its window. All others are discarded with one reason."
            ),
            (
                "Lift",
                "The mean of the treatment over that of the control, minus one, adjusted where the page says so. It is signed; lower may be better."
            ),
            (
                "Bar",
                "\(level) interval at the end of the plan, not to be used before: Welch’s t for the difference, Fieller’s theorem for the lift, exact methods where conversions are few."
            ),
            (
                "Line",
                "The interval that is safe to check daily: it holds at \(level) however often somebody looks (an asymptotic confidence sequence, also called always-valid). Words and colours follow it."
            ),
            (
                "Result",
                "Better or worse: the line is clear of zero. Promising or worrying: only the bar is, so it is not proven. Higher or lower, in grey: the line is clear of zero, and no definition says which way is better. No clear difference: gains and losses both still fit."
            ),
            (
                "Guardrail",
                "A metric that must not get worse by more than its margin, drawn dashed with a fence on the harmful side. Broken: the whole line is beyond."
            ),
        ]
    }

    private var methods: [(String, MarkedText)] {
        [
            (
                "Sample ratio",
                "Units against weights, by a test that is safe to check daily; only that test raises the alarm. Where it has no alarm, the p-value is that of Pearson’s χ², which is not safe to check daily."
            ),
            (
                "Don’t trust",
                "Something is wrong with how units were split, assigned or measured. No verdict is given until it is repaired; the card says what it is."
            ),
            (
                "Several questions",
                "Corrected p-values: Holm over goals and treatments, Benjamini–Hochberg over the other metrics. The intervals of goals and guardrails that are safe to check daily share the level over the treatments; other metrics are found by e-BH over all of them. Intervals at the end of the plan are not corrected."
            ),
            (
                "Using each unit’s past",
                "CUPED: what units did before their first exposure makes the lift and its intervals sharper, unless the definition says otherwise or the variants already differed in it. The means are of the outcomes as they are, and so are the p-values but those that are safe to check daily."
            ),
            (
                "Chance to be better",
                "Posterior probability with a flat prior, in the metric’s direction; beta-binomial where conversions are few."
            ),
        ]
    }

    private var settings: MarkedText {
        let options = report.results.options
        let lost: String = report.lostOutcomes.map { " " + $0 } ?? ""
        let phase = options.phase.map { "phase \($0)" } ?? "each experiment’s latest phase"
        let asOf = options.asOfMicroseconds.map { "events before \(RFC3339.string(microseconds: $0))" } ?? "all events"
        return
            "Intervals of \(level), \(asOf), \(phase), crossover units \(options.crossovers == .exclude ? "excluded" : "kept in their first variant"). Format version 2.\(lost)"
    }

    private var elsewhere: MarkedText {
        "\(code: "experiments report --format json --database \(ShellWord.quoted(report.database))") prints every figure in full; \(code: "csv") has a row a comparison. The plain \(code: "sqlite3") shell reads the same file: \(code: "SELECT * FROM results") gives units, means and variances, \(code: "counted_outcomes") and \(code: "discarded_outcomes") the rows behind them; each experiment has its queries."
    }
}
