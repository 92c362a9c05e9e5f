public import ExperimentAnalysis
import ExperimentJSON
import Experimentation

/// Report on how often the nights' checks and verdicts err on a file's own rows, and on the lifts that they find there.
public enum CalibrationReport {
    /// Renders the answers for people at a terminal.
    /// - Parameter calibrations: That of each experiment.
    /// - Returns: Lines of UTF-8, each ended by a newline.
    public static func text(_ calibrations: [Calibration]) -> String {
        guard !calibrations.isEmpty else { return "No experiment has units to be dealt to two variants or more.\n" }
        return calibrations.map { (lines($0) + [""]).joined(separator: "\n") }.joined(separator: "\n")
    }

    private static func lines(_ calibration: Calibration) -> [String] {
        let units = NumberText.count(calibration.units, calibration.unit.rawValue)
        let heading =
            "\(units), dealt anew \(NumberText.count(calibration.splits, "time")) and looked at on "
            + "\(NumberText.count(calibration.days.count, "night")); seed \(calibration.seed)."
        var lines = [VisibleText.of(calibration.experiment.text), heading]
        if !calibration.standingAlarms.isEmpty {
            lines.append(
                "Whoever gets which variant, there stands \(NumberText.list(calibration.standingAlarms)); until that is repaired "
                    + "no verdict is given, and the verdicts below are none.")
        }
        lines += ["", "Said of splits in which nothing happens, on any night:"]
        lines += frequencies(calibration).lines()
        if let goal = calibration.goal {
            lines += ["", "Found where the first treatment raises \(VisibleText.of(goal.text)):"]
            lines += findings(calibration).lines()
        }
        return lines
    }

    private static func frequencies(_ calibration: Calibration) -> TextTable {
        var table = TextTable([.left, .right, .right, .left])
        table.add(["", "splits", "share", "promised"])
        for frequency in calibration.frequencies {
            let share = Double(frequency.splits) / Double(calibration.splits)
            table.add([
                words(frequency.answer), NumberText.count(frequency.splits), NumberText.percent(share),
                frequency.promised.map { "at most \(NumberText.level($0))\(verdict(frequency, of: calibration))" }
                    ?? "",
            ])
        }
        return table
    }

    private static func findings(_ calibration: Calibration) -> TextTable {
        var table = TextTable([.right, .right, .right, .right])
        table.add(["lift", "clearly better", "shipped", "half found by night"])
        for finding in calibration.findings {
            func share(_ splits: Int) -> String { NumberText.percent(Double(splits) / Double(calibration.splits)) }
            table.add([
                NumberText.change(finding.lift), share(finding.found), share(finding.shipped),
                finding.medianNight.map { NumberText.count($0) } ?? "–",
            ])
        }
        return table
    }

    /// Whether the share is beyond what chance explains of so many splits: three standard errors.
    private static func verdict(_ frequency: Calibration.Frequency, of calibration: Calibration) -> String {
        isBeyondChance(frequency, splits: calibration.splits) ? ", exceeded" : ""
    }

    private static func isBeyondChance(_ frequency: Calibration.Frequency, splits: Int) -> Bool {
        guard let promised = frequency.promised else { return false }
        let expected = promised * Double(splits)
        return Double(frequency.splits) > expected + 3 * (expected * (1 - promised)).squareRoot() + 0.5
    }

    private static func words(_ answer: Calibration.Answer) -> String {
        switch answer {
        case .anyAlarm: "any alarm"
        case .alarm(let name): "alarm \(name)"
        case .shipOrStop: "ship or stop"
        case .verdict(let verdict): "verdict \(verdict.rawValue)"
        case .goal(let name): "goal \(VisibleText.of(name.text)) is clear"
        case .guardrailBroken(let name): "guardrail \(VisibleText.of(name.text)) is broken"
        case .anotherMetric: "another metric has moved"
        }
    }

    // MARK: For programs

    /// Renders the answers for programs.
    /// - Parameter calibrations: That of each experiment.
    /// - Returns: A JSON document ended by a newline.
    public static func json(_ calibrations: [Calibration]) -> String {
        JSONValue.object([("schema_version", .integer(1)), ("experiments", .array(calibrations.map(json)))]).document
    }

    private static func json(_ calibration: Calibration) -> JSONValue {
        .object([
            ("experiment", .name(calibration.experiment)), ("unit", .string(calibration.unit.rawValue)),
            ("units", .integer(calibration.units)), ("splits", .integer(calibration.splits)),
            ("seed", .string(String(calibration.seed))),
            ("nights", .array(calibration.days.map { .string(CivilDate($0).text) })),
            ("standing_alarms", .array(calibration.standingAlarms.map { .string($0) })),
            ("false_answers", .array(calibration.frequencies.map { json($0, of: calibration.splits) })),
            ("goal", .name(calibration.goal)),
            (
                "findings",
                .array(
                    calibration.findings.map {
                        .object([
                            ("lift", .number($0.lift)), ("clearly_better", .integer($0.found)),
                            ("shipped", .integer($0.shipped)), ("median_night", .integer($0.medianNight)),
                        ])
                    })
            ),
        ])
    }

    private static func json(_ frequency: Calibration.Frequency, of splits: Int) -> JSONValue {
        let (answer, subject) = names(frequency.answer)
        return .object([
            ("answer", .string(answer)), ("subject", subject), ("splits", .integer(frequency.splits)),
            ("share", .number(Double(frequency.splits) / Double(splits))), ("promised", .number(frequency.promised)),
            ("exceeded", .bool(isBeyondChance(frequency, splits: splits))),
        ])
    }

    private static func names(_ answer: Calibration.Answer) -> (answer: String, subject: JSONValue) {
        switch answer {
        case .anyAlarm: ("any_alarm", .null)
        case .alarm(let name): ("alarm", .string(name))
        case .shipOrStop: ("ship_or_stop", .null)
        case .verdict(let verdict): ("verdict", .string(verdict.rawValue))
        case .goal(let name): ("goal_clear", .name(name))
        case .guardrailBroken(let name): ("guardrail_broken", .name(name))
        case .anotherMetric: ("another_metric", .null)
        }
    }
}
