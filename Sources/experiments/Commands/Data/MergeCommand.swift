import ArgumentParser
import ExperimentDefinitions
import ExperimentReporting
import ExperimentStorage
import Experimentation

/// `experiments merge`: many servers' files as one.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merges the files of several servers into one for analysis, also beside the servers.",
        discussion: """
            Merge the same files again, in any order, and only what is new is read; no number depends on the order. Files must
            define the same: every difference is named, and nothing is merged. Of rows with the same id that of the first file stays, in the order of the files' own ids.
            Units that any of the files has erased are left out, and removed where they were merged before. Where 'retain'
            removed a phase's rows from any of the files, reports leave the phase out, and its nights stay in that file.

            Nobody records into the merged file. Reports, nights, exports and snapshots of it are as of any other.

            EXAMPLE
              experiments merge server1.db server2.db server3.db --database all.db
              experiments report --database all.db
            """)

    @Argument(help: "The files to merge.", completion: .file()) var files: [String]
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        defer { StatusLine.clear() }
        let summary = try options.translating { () throws(ExperimentError) in
            try ExperimentMerge.merge(files, into: options.database) { StatusLine.show("\($0) …") }
        }
        StatusLine.clear()
        StandardError.write(Self.text(summary))
    }

    private static func text(_ summary: MergeSummary) -> String {
        var sentences = [
            "Merged \(NumberText.count(summary.exposures)) exposures, \(NumberText.count(summary.outcomes)) outcomes and "
                + "\(NumberText.count(summary.links)) links."
        ]
        if summary.repeated > 0 {
            sentences.append(
                "Rows with the id of another one, of which the first is there: \(NumberText.count(summary.repeated))."
            )
        }
        if summary.erased + summary.removed > 0 {
            sentences.append(
                "Rows of erased users or sessions left out: \(NumberText.count(summary.erased)); removed: "
                    + "\(NumberText.count(summary.removed)).")
        }
        sentences += summary.retained.map { part in
            "\(part.file): the rows of \(part.phase.experiment) in phase \(part.phase.number) \(part.phase.explanation). "
                + "Reports of the merged file leave the phase out."
        }
        return sentences.joined(separator: "\n")
    }
}
