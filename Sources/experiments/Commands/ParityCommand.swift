import ArgumentParser
import ExperimentStorage
import Experimentation

/// `experiments parity`: whether everybody keeps the variant a vendor gave them.
struct ParityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parity",
        abstract: "Compares the variants a vendor logged with those this database assigns; records nothing.",
        discussion: """
            The file is CSV with a header: unit_id (or user_id, session_id), variant_id, and bucket where the vendor \
            logs it; other columns are not looked at. An empty variant_id is a unit that took no part.

            Prints each unit that would get another variant: what was logged, with the bucket logged or else the \
            buckets of that variant, and what it would get here, with its bucket and, if it would take no part, why. The \
            exit code is 4 if there is one.

            EXAMPLE
              experiments parity checkout_button_color vendor-log.csv --database shop.db
            """)

    @Argument(help: "The experiment's id.") var experiment: ExperimentName
    @Argument(help: "The vendor's log, or - for standard input.") var file: String
    @OptionGroup var options: DatabaseOptions
    @Option(help: "How to print: text or json (one object a line).") var format: OutputFormat = .text

    func run() throws {
        let reader = try options.reader()
        let stored = try options.find(experiment, in: reader)
        let log = try VendorLog(file == "-" ? InputFile.standardInput() : InputFile.open(file))
        var check = try options.translating { () throws(ExperimentError) in try ParityCheck(stored) }
        var disagreements = 0
        while let entry = try log.next() {
            guard let found = try compare(entry, &check) else { continue }
            disagreements += 1
            try print(found)
        }
        guard check.units > 0 else { throw Failure(.input, "the log has no units, so nothing was compared") }
        let agreeing = check.units - disagreements
        let share = Double(agreeing) / Double(check.units) * 100
        let percent = Weight.text((share * 10_000).rounded(.down) / 10_000)
        let summary = "\(Grouped.text(agreeing)) of \(Grouped.text(check.units)) units agree (\(percent) %)."
        guard disagreements == 0 else {
            throw Failure(.alarm, "\(summary) \(Grouped.text(disagreements)) would get another variant.")
        }
        StandardError.write(summary)
    }

    private func compare(
        _ entry: VendorLog.Entry, _ check: inout ParityCheck
    ) throws(Failure) -> ParityCheck.Disagreement? {
        do throws(ExperimentError) { return try check.compare(entry) } catch {
            throw Failure(.input, "line \(entry.line): \(error)")
        }
    }

    private func print(_ found: ParityCheck.Disagreement) throws(Failure) {
        switch format {
        case .json: try StandardOutput.write(JSONText.line(found))
        case .text:
            let logged = found.loggedVariantID.map { Escaping.quoted($0) } ?? "nothing"
            let isUnknown = found.loggedVariantID != nil && !found.isVariantKnown
            let unknown = isUnknown ? " (no variant of the experiment)" : ""
            let bucket = found.loggedBucket.map { " (bucket \($0))" } ?? ""
            let here = found.variantID.map { Escaping.quoted($0) } ?? "nothing"
            let why = found.exclusion.map { ": " + Escaping.visible($0) } ?? ""
            try StandardOutput.line(
                "line \(found.line): \(found.unitID): logged \(logged)\(unknown)\(bucket), here \(here) (bucket \(found.bucket))\(why)"
            )
        }
    }
}
