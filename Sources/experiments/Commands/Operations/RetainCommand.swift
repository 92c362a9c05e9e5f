import ArgumentParser
import ExperimentDefinitions
import ExperimentReporting
import ExperimentStorage
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `experiments retain`: rows that are needed no more, gone.
struct RetainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retain",
        abstract: "Removes rows that are needed no more: those of finished experiments, and old ones that name none.",
        discussion: """
            An experiment is finished once it is stopped and a night is stored from after its stop and the windows of all \
            metrics, that knew every row from before; and of each earlier phase that units were seen in. A night is of the \
            latest phase, so where none was stored while an earlier one ran, its rows go only with --unseen-phases: \
            'report --phase' says before what they show. Its exposures go, and the outcomes that name it. Its results stay \
            in the nights; 'report' leaves it out, and it can only run again in a new phase.

            Outcomes that name no experiment go with --days, where they are older, no unfinished experiment has a unit \
            from before them, and none compares its units with what they did before (covariate = "off").

            Works beside a running server, and leaves a receipt that 'verify' understands. The file does not shrink: new \
            rows fill the room. --dry-run says what would go.

            EXAMPLE
              experiments retain --dry-run --database shop.db
              experiments retain --days 400 --database shop.db
            """)

    @Option(help: "Remove outcomes that name no experiment where they are older than so many days.") var days: Int?
    @Flag(help: "Remove rows of earlier phases of which no night is stored, too: nothing says then what they showed.")
    var unseenPhases = false
    @Flag(help: "Say what would be removed, and remove nothing.") var dryRun = false
    @OptionGroup var options: DatabaseOptions

    func validate() throws {
        // The calendar of the answer ends long before the numbers do.
        guard 1...36_500 ~= days ?? 1 else { throw ValidationError("--days must be between 1 and 36500.") }
    }

    func run() throws {
        let administrator = try options.administrator()
        let age = days.map { Date.now - Double($0) * 86_400 }
        StatusLine.show("looking …")
        defer { StatusLine.clear() }
        var receipt: Removal?
        let plan: RetentionPlan
        if dryRun {
            plan = try options.translating(
                administrator.planRetention(unnamedBefore: age, withUnseenPhases: unseenPhases))
        } else {
            (plan, receipt) = try options.translating(
                administrator.retain(unnamedBefore: age, withUnseenPhases: unseenPhases))
        }
        StatusLine.clear()
        for line in Self.lines(plan, isDry: dryRun, receipt) { try StandardOutput.line(line) }
        if let receipt {
            try StandardOutput.line(RemovalText.line(receipt))
            guard receipt.isComplete else { throw RemovalText.copiesLeft }
        }
    }

    private static func lines(_ plan: RetentionPlan, isDry: Bool, _ receipt: Removal?) -> [String] {
        var lines = plan.finished.map { "\($0): finished, its rows \(isDry ? "would go" : "are gone")" }
        lines += plan.kept.map { kept in
            switch kept.need {
            case .unfinished: "\(kept.experiment): stays, it is not stopped"
            case .nightMissing:
                "\(kept.experiment): stays, no night is stored from after its end that knew all its rows"
            case .phaseUnseen(let phase):
                "\(kept.experiment): stays, units were seen in its phase \(phase), of which no night is stored: "
                    + "'experiments report \(ShellWord.quoted(kept.experiment.text)) --phase \(phase)' says what they "
                    + "show, and --unseen-phases lets them go without a night"
            }
        }
        switch plan.obstacle {
        case nil:
            if let date = plan.unnamedBefore {
                lines.append(
                    "outcomes that name no experiment: those before \(date.rfc3339) \(isDry ? "would go" : "are gone")"
                )
            }
        case .noAge: lines.append("outcomes that name no experiment: stay, no --days was given")
        case .covariate(let name):
            lines.append("outcomes that name no experiment: stay, \(name) compares its units with what they did before")
        }
        if plan.unsent > 0 {
            lines.append(
                "\(plan.unsent) \(plan.unsent == 1 ? "row stays" : "rows stay") until experiments-forward has sent them to every "
                    + "destination, or forgets a destination that is no more")
        }
        if isDry { lines.append("Would remove \(RemovalText.rows(plan.exposures, plan.outcomes, 0)).") }
        if plan.exposures + plan.outcomes == 0, !isDry, receipt == nil { lines.append("Nothing to remove.") }
        return lines
    }
}
