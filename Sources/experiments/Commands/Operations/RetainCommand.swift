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
            An experiment is finished once it is stopped and a night is stored from after its stop and the windows of all \\
            metrics. Its exposures go, and the outcomes that name it. Its results stay in the nights; 'report' leaves it \\
            out, and it can only run again in a new phase.

            Outcomes that name no experiment go with --days, where they are older, no unfinished experiment has a unit \\
            from before them, and none compares its units with what they did before (covariate = "off").

            Works beside a running server, and leaves a receipt that 'verify' understands. The file does not shrink: new \\
            rows fill the room. --dry-run says what would go.

            EXAMPLE
              experiments retain --dry-run --database shop.db
              experiments retain --days 400 --database shop.db
            """)

    @Option(help: "Remove outcomes that name no experiment where they are older than so many days.") var days: Int?
    @Flag(help: "Say what would be removed, and remove nothing.") var dryRun = false
    @OptionGroup var options: DatabaseOptions

    func validate() throws {
        guard days ?? 1 >= 1 else { throw ValidationError("--days must be 1 or more.") }
    }

    func run() throws {
        let administrator = try options.administrator()
        let age = days.map { Date.now - Double($0) * 86_400 }
        StatusLine.show("looking …")
        defer { StatusLine.clear() }
        var receipt: Removal?
        let plan: RetentionPlan
        if dryRun {
            plan = try options.translating(administrator.planRetention(unnamedBefore: age))
        } else {
            (plan, receipt) = try options.translating(administrator.retain(unnamedBefore: age))
        }
        StatusLine.clear()
        for line in Self.lines(plan, isDry: dryRun) { try StandardOutput.line(line) }
        if let receipt {
            try StandardOutput.line(RemovalText.line(receipt))
            guard receipt.isComplete else { throw RemovalText.copiesLeft }
        }
    }

    private static func lines(_ plan: RetentionPlan, isDry: Bool) -> [String] {
        var lines = plan.finished.map { "\($0): finished, its rows \(isDry ? "would go" : "are gone")" }
        lines += plan.kept.map { kept in
            switch kept.need {
            case .unfinished: "\(kept.experiment): stays, it is not stopped"
            case .nightMissing: "\(kept.experiment): stays, no night is stored from after its end"
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
        if isDry { lines.append("Would remove \(RemovalText.rows(plan.exposures, plan.outcomes, 0)).") }
        if plan.exposures + plan.outcomes == 0, !isDry { lines.append("Nothing to remove.") }
        return lines
    }
}
