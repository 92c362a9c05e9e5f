import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// Guide to the report: how to read it, by which rules it was made, and how to make it again.
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
            element("p", .class("sub methods")) { Self.methods }
        }
    }

    private var level: String { Legend.level(report) }

    private var entries: [(String, MarkedText)] {
        reading + checks + [("Settings of this report", settings), ("The same numbers elsewhere", elsewhere)]
    }

    private var reading: [(String, MarkedText)] {
        [
            (
                "Who is counted",
                "Each unit, a user or a session as the experiment says, from the first time it was shown its variant: its exposure. Who did nothing afterwards counts as 0, unless the metric leaves such units out."
            ),
            (
                "Which outcomes count",
                "What a unit did at or after its first exposure and, where the metric has a window such as seven days, within it. All else stays in the file and is left out here, each outcome for one reason."
            ),
            (
                "Lift",
                "How much larger the treatment’s mean is than the control’s, relative to it: from 2.00 to 2.10 is +5%. Where lower is better, a minus is good."
            ),
            (
                "Bar",
                "Where the true lift lies: we are \(level) sure of it, and stay so however often somebody looks. That is what “safe to check daily” means. Verdicts, words and colours follow the bar."
            ),
            (
                "Thin line",
                "The same for somebody who looks only once, when all units are in. Before that it is too short, so do not decide by it."
            ),
            (
                "Result",
                "Better or worse: the whole bar is on one side of zero. Promising or worrying: only the thin line is, so it is not proven. Higher or lower, in grey: the bar is on one side of zero, but nobody said which way is better. No clear difference: gains and losses are both still possible, which is not the same as no effect."
            ),
            (
                "Guardrail",
                "A metric that must not get worse by more than its limit: the dashed line, shaded on its harmful side. Broken: the whole bar is beyond the limit."
            ),
        ]
    }

    private var checks: [(String, MarkedText)] {
        [
            (
                "p",
                "How often chance alone would bring a difference at least as large, if nothing had changed. Corrected: raised for all the metrics and treatments that are asked about at once, since among many some differ by chance."
            ),
            (
                "Sample ratio",
                "Whether the variants got the shares of the units that were planned. The alarm comes from a test that may be looked at every night; where there is no alarm, the p shown is that of a single look."
            ),
            (
                "Don’t trust",
                "Something is wrong with how units were split, assigned or measured. No verdict is given until it is repaired; the card says what it is."
            ),
            (
                "Using each unit’s past",
                "What a unit did before its first exposure cannot come from its variant, but tells why units differ. Taken into account, it makes the lift and its interval sharper. The means beside it are as recorded; where their own lift is another one, the row says it."
            ),
            (
                "Chance to be better",
                "How probable it is that the treatment is better, without an opinion beforehand."
            ),
        ]
    }

    /// The methods by their names, which the rest of the page does without.
    private static let methods =
        "Methods, for statisticians: bars are asymptotic confidence sequences (always-valid), those of goals and guardrails at a "
        + "level that their treatments share, other metrics found by e-BH over all of them. Thin lines: Welch’s t for the "
        + "difference, Fieller’s theorem for the lift, exact methods where conversions are few; not corrected. Corrected p: Holm "
        + "over goals and treatments, Benjamini–Hochberg over the other metrics. The split: a sequential multinomial test, and "
        + "Pearson’s χ² for one look. Each unit’s past: CUPED. Chance to be better: the posterior probability with a flat prior, "
        + "beta-binomial where conversions are few."

    private var settings: MarkedText {
        let options = report.results.options
        let lost: String = report.lostOutcomes.map { " " + $0 } ?? ""
        let phase =
            options.phase.map { "phase \($0)" }
            ?? "each experiment’s latest phase (its variants and shares as they were last set)"
        let asOf = options.asOfMicroseconds.map { "events before \(RFC3339.string(microseconds: $0))" } ?? "all events"
        return
            "Intervals of \(level), \(asOf), \(phase), units that saw several variants \(options.crossovers == .exclude ? "left out" : "kept in their first one"). Format version 2.\(lost)"
    }

    private var elsewhere: MarkedText {
        "\(code: "experiments report --format json --database \(ShellWord.quoted(report.database))") prints every figure in full; \(code: "csv") has a row a comparison. The plain \(code: "sqlite3") shell reads the same file: \(code: "SELECT * FROM results") gives units, means and variances, \(code: "counted_outcomes") and \(code: "discarded_outcomes") the rows behind them; each experiment has its queries."
    }
}
