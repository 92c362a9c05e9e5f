import ExperimentAnalysis
import Experimentation

/// Commands for a terminal that derive the figures of a card anew, from the public views alone.
struct QueryText {
    let card: Card
    let edition: Edition

    var html: HTML {
        group {
            element("p") {
                "Paste into a terminal where the file is. The views show the latest phase and all rows so far, and leave "
                "crossover units out."
                if !isDefault { " This report has other options, so its figures may differ." }
            }
            element("pre", .init("tabindex", "0")) { text }
        }
    }

    private var isDefault: Bool {
        let options = edition.results.options
        return options.asOfMicroseconds == nil && options.phase == nil && options.crossovers == .exclude
    }

    /// A quoted here-document: the shell touches nothing in it, and no name holds a line break.
    var text: String {
        let experiment = Self.literal(card.result.experiment.text)
        return """
            sqlite3 -box \(ShellWord.quoted(edition.database)) <<'SQL'
            -- units, means and variances by metric and variant
            SELECT metric, kind, variant_id, units, units_with_outcome, mean, variance
            FROM results WHERE experiment = \(experiment);
            -- discarded outcomes by reason
            SELECT reason, count(*) AS outcomes
            FROM discarded_outcomes WHERE experiment = \(experiment) GROUP BY reason;
            -- units by day of their first exposure
            SELECT substr(timestamp, 1, 10) AS day, variant_id, count(*) AS units
            FROM first_exposures WHERE experiment = \(experiment) AND NOT is_crossover GROUP BY day, variant_id;
            SQL
            """
    }

    /// A text in SQL.
    static func literal(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
