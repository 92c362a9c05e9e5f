import ArgumentParser
import ExperimentForwarding
import Experimentation

/// `experiments-forward check`: whether a file of destinations can be used, and what would leave.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Says what each destination of a file would be sent, or what is wrong with the file.",
        discussion: """
            Reads the file, the keys that it names and the vendors' files; sends nothing. Keys and addresses are not
            printed. The exit code is 2 if anything is wrong.

            EXAMPLE
              experiments-forward check forward.toml
            """)

    @Argument(help: "A TOML file of destinations.") var file: String

    func run() throws {
        for destination in try DestinationsFile.read(file) {
            for line in Self.lines(destination) { print(line) }
        }
    }

    /// The lines that describe a destination.
    static func lines(_ destination: Destination) -> [String] {
        let format = destination.receiver.format
        let limits = format.limits
        var lines = ["\(destination.name): \(destination.receiver.summary)"]
        lines.append(
            format.knowsRepeats
                ? "  a row that is sent again is known by its id"
                : "  a row that is sent again counts again: it knows no ids")
        let experiments = destination.filter.experiments.map { $0.sorted().map(\.text).joined(separator: ", ") }
        lines.append("  experiments: \(experiments ?? "all")")
        if let consent = destination.filter.consent {
            lines.append("  only where \(consent.attribute) is '\(consent.value)'")
        }
        let names = destination.attributes.unit.union(destination.attributes.event)
            .subtracting(destination.attributes.private).sorted().map(\.text).joined(separator: ", ")
        lines.append("  attributes: \(names.isEmpty ? "none" : names)")
        lines.append("  ids: \(destination.idKey == nil ? "as they are" : "hashed")")
        var pace = "  at most \(limits.rowsPerRequest) rows a request, \(limits.concurrentRequests) at once"
        if let rate = limits.requestsPerSecond { pace += ", \(rate) requests a second" }
        lines.append(pace + (limits.isCompressed ? ", compressed" : ""))
        return lines
    }
}

extension Destination.Receiver {
    /// The name of the receiver, and its form where a receiver has several.
    fileprivate var summary: String {
        switch self {
        case .growthBook(let receiver): receiver.form == .documented ? "GrowthBook" : "GrowthBook, as its SDKs send"
        case .statsig(let receiver): receiver.form == .core ? "Statsig" : "Statsig, as its older SDKs send"
        case .postHog(let receiver): receiver.version == .v1 ? "PostHog, version 1" : "PostHog, batch"
        case .optimizely: "Optimizely"
        case .ndjson: "lines of JSON to an HTTP endpoint"
        }
    }
}
