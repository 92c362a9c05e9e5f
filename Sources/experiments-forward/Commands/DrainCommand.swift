import ArgumentParser
import ExperimentForwarding
import Experimentation

/// `experiments-forward drain`: sends what is recorded by now, and ends.
struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Sends what is recorded by now, to all destinations at once, and ends; for cron.",
        discussion: """
            A line for each destination says what was sent. The exit code is 4 where a destination stopped before everything
            was sent or has an alarm; the rest is sent the next time.

            EXAMPLE
              experiments-forward drain forward.toml --database shop.db --patience 60
            """)

    @OptionGroup var options: ForwardingOptions
    @Option(help: "Seconds to go on without a row being taken, 120 by default.") var patience: Double?

    func validate() throws {
        guard 0...604_800 ~= patience ?? 1 else {
            throw ValidationError("The patience must be a number of seconds, from 0 to 604,800.")
        }
    }

    func run() async throws {
        var forwarding = Forwarder.Options()
        if let patience { forwarding.patience = .seconds(patience) }
        let service = try await options.open(forwarding)
        let results = await service.drain()
        await service.close()
        var (isBehind, failure): (Bool, (any Error)?) = (false, nil)
        for (name, result) in results {
            switch result {
            case .success(let report):
                print(Self.line(name, report))
                isBehind = isBehind || report.stop != nil || report.alarm != nil
            case .failure(let error): failure = failure ?? error
            }
        }
        if let failure { throw failure }
        if isBehind { throw ExitCode(ExitStatus.alarm) }
    }

    /// The sentence about a destination.
    static func line(_ name: DestinationName, _ report: DrainReport) -> String {
        var parts = ["\(report.sent) sent"]
        if report.refused > 0 { parts.append("\(report.refused) refused") }
        let withheld = report.withheld.values.reduce(0, +)
        if withheld > 0 { parts.append("\(withheld) withheld") }
        if report.lag.rows > 0 { parts.append("\(report.lag.rows) to go") }
        let trouble = report.stop.map { "; \($0)" } ?? report.alarm.map { "; \($0)" } ?? ""
        return "\(name): \(parts.joined(separator: ", "))\(trouble)"
    }
}
