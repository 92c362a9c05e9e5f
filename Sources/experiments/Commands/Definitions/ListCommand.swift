import ArgumentParser
import ExperimentDefinitions
import ExperimentJSON
import ExperimentReporting
import ExperimentStorage
import Experimentation

/// `experiments list`: every experiment in one line.
struct ListCommand: ParsableCommand {
    /// The format in which the list is printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
        case csv
    }

    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the experiments, in order of definition.",
        discussion: """
            An experiment whose rows somebody damaged by hand is named with what is wrong, and the exit code is then 3.

            EXAMPLE
              experiments list --database shop.db
            """)

    @OptionGroup var options: DatabaseOptions
    @Option(help: "How to print: text, json or csv.") var format: Format = .text

    func run() throws {
        let reader = try options.reader()
        let list = try options.translating(reader.list())
        let (stored, damaged) = (list.experiments, list.damaged)
        switch format {
        case .json: try StandardOutput.write(JSONValue.array(stored.map { ExperimentSummary.json($0) }).document)
        case .csv: try StandardOutput.write(Self.csv(stored))
        case .text where stored.isEmpty && damaged.isEmpty: StandardError.write("No experiments yet.")
        case .text: try StandardOutput.write(Self.table(stored))
        }
        guard damaged.isEmpty else {
            throw Failure(.partial, damaged.map { "\($0.reason)" }.joined(separator: "\n"))
        }
    }

    /// A row an experiment; its variants are rows of the view `variants`.
    private static func csv(_ stored: [StoredExperiment]) -> String {
        let rows = stored.map { stored in
            [
                stored.experiment.id.text, stored.experiment.status.rawValue, stored.experiment.design.unit.rawValue,
                String(stored.phase), stored.startedAt.map(\.rfc3339) ?? "",
                stored.stoppedAt.map(\.rfc3339) ?? "",
                stored.experiment.winner?.text ?? "",
            ]
        }
        let header = ["experiment", "status", "unit", "phase", "started_at", "stopped_at", "winner"]
        return ([header] + rows).map { $0.map(CSVReport.text).joined(separator: ",") + "\n" }.joined()
    }

    private static func table(_ stored: [StoredExperiment]) -> String {
        var table = TextTable([.left, .left, .left, .right, .left, .left])
        table.add(["EXPERIMENT", "STATUS", "UNIT", "PHASE", "STARTED", "VARIANTS"])
        for stored in stored {
            let experiment = stored.experiment
            let row = [
                experiment.id.text, experiment.status.rawValue, experiment.design.unit.rawValue, String(stored.phase),
                stored.startedAt.map(\.rfc3339) ?? "-",
                experiment.design.variants.map { "\($0.variantID) \(NumberText.exact($0.weight))" }.joined(
                    separator: ", "),
            ]
            table.add(row.map(Escaping.visible))
        }
        return table.lines().map { $0 + "\n" }.joined()
    }
}
