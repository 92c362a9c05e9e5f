public import ExperimentAnalysis
public import Experimentation

/// Explanation of one unit's contribution to an experiment, for people at a terminal.
public struct TextExplanation {
    private let explanation: UnitExplanation
    private let assignment: AssignmentExplanation
    private let style: TextStyle
    private let words: ExplanationText

    /// Renders an explanation; nothing in it can control the terminal.
    /// - Parameters:
    ///   - explanation: What the logs hold of the unit.
    ///   - assignment: What the unit would get now.
    ///   - style: How emphasis is shown, and what the terminal can show at all.
    /// - Returns: Lines of UTF-8, each ended by a newline.
    public static func render(
        _ explanation: UnitExplanation, _ assignment: AssignmentExplanation, style: TextStyle = TextStyle()
    ) -> String {
        let text = TextExplanation(
            explanation: explanation, assignment: assignment, style: style,
            words: ExplanationText(unit: explanation.unit))
        let lines = text.lines.joined(separator: "\n") + "\n"
        return style.isASCII ? ASCIIText.plain(lines) : lines
    }

    private var lines: [String] {
        let heading =
            style.bold("\(visible(explanation.unitID.text)) in \(explanation.experiment)")
            + style.dim("  \(explanation.status.rawValue), phase \(explanation.phase), by \(explanation.unit.rawValue)")
        let sections = [state, assigned, contributions, rows].filter { !$0.isEmpty }
        return [heading] + sections.joined(separator: [""]).map { $0.isEmpty ? "" : "  " + $0 }
    }

    // MARK: The unit

    private var state: [String] {
        guard explanation.isSeen else {
            return [
                "This \(explanation.unit.rawValue) was never seen\(limit): no exposure, and no outcome that could count."
            ]
        }
        guard let first = explanation.first else { return [standing] }
        let number = NumberText.count(first.exposure)
        let all = first.exposures == 1 ? "the only one" : "\(NumberText.count(first.exposures)) in all"
        var lines = [
            standing,
            "First exposure  \(time(first.timestampMicroseconds)) (exposure \(number), \(all)): \(first.variantID)",
        ]
        if !first.attributes.isEmpty {
            let texts = first.attributes.map { "\(visible($0.name.text)) = \(visible($0.value.text))" }
            lines.append("Attributes      \(texts.joined(separator: ", "))")
        }
        return lines
    }

    private var limit: String { explanation.options.asOfMicroseconds.map { " as of \(time($0))" } ?? "" }

    private var standing: String {
        guard let reason = explanation.exclusion else {
            let isCrossover = explanation.first?.isCrossover ?? false
            return "Counts in \(explanation.first?.variantID ?? "")\(limit)"
                + (isCrossover ? ", which it saw first; it saw others, too." : ".")
        }
        return "Left out\(limit), \(reason.rawValue): \(words.reason(reason))."
    }

    private var assigned: [String] {
        let variant = assignment.variant
        let enrollment = variant.enrollment == .enrolled ? "enrolled" : "not counted, \(variant.enrollment.rawValue)"
        return ["Now gets        \(variant.variantID) (\(enrollment))"]
            + assignment.steps.map { "                \(visible(words.step($0)))" }
    }

    private var contributions: [String] {
        guard !explanation.contributions.isEmpty else { return [] }
        var table = TextTable([.left, .right, .right, .right, .right])
        table.add(["Adds to", "value", "outcomes", "value before", "outcomes before"])
        for metric in explanation.contributions {
            table.add([
                "\(metric.metric) (\(metric.kind.rawValue))", value(metric), NumberText.count(metric.outcomes),
                metric.covariateOutcomes > 0 ? metric.covariate.map { "\($0)" } ?? "" : "",
                metric.covariateOutcomes > 0 ? NumberText.count(metric.covariateOutcomes) : "",
            ])
        }
        return table.lines { row, _, cell in row == 0 ? style.dim(cell) : cell }
            + [style.dim("To every other metric it adds 0. Before: what it did before its first exposure (CUPED).")]
    }

    /// Value that the unit adds to the metric; to a ratio, its numerator and its denominator.
    private func value(_ metric: UnitContribution) -> String {
        guard metric.counts else { return "does not count" }
        if let numerator = metric.numerator, let denominator = metric.denominator {
            return "\(numerator) / \(denominator)"
        }
        return metric.value.map { "\($0)" } ?? "its outcomes"
    }

    // MARK: The rows

    /// Exposures and outcomes in one order of time; of the same microsecond the exposures come first, as in the rules.
    private var rows: [String] {
        let exposures = explanation.exposures.map { ($0.timestampMicroseconds, 0, cells($0)) }
        let outcomes = explanation.outcomes.map { ($0.timestampMicroseconds, 1, cells($0)) }
        var table = TextTable([.left, .left, .left, .left])
        for row in (exposures + outcomes).enumerated().sorted(by: {
            ($0.element.0, $0.element.1, $0.offset) < ($1.element.0, $1.element.1, $1.offset)
        }) {
            table.add(row.element.2)
        }
        return table.lines { _, column, cell in column == 0 ? style.dim(cell) : cell }
    }

    private func cells(_ exposure: ExplainedExposure) -> [String] {
        [
            time(exposure.timestampMicroseconds), "exposure \(NumberText.count(exposure.exposure))",
            exposure.variantID.text, words.role(exposure),
        ]
    }

    private func cells(_ outcome: ExplainedOutcome) -> [String] {
        let value =
            switch outcome.value {
            case .bool(let value): String(value)
            case .count(let value): String(value)
            case .numeric(let value): "\(value)"
            }
        return [
            time(outcome.timestampMicroseconds), "outcome \(NumberText.count(outcome.outcome))",
            "\(outcome.metric) = \(value)", words.fate(outcome),
        ]
    }

    private func time(_ microseconds: Int64) -> String { RFC3339.string(microseconds: microseconds) }
    private func visible(_ text: String) -> String { VisibleText.of(text) }
}
