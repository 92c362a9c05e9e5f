import ExperimentDefinitions
import ExperimentJSON
import ExperimentReporting
import ExperimentStorage
import ExperimentVendors
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Moves the experiments of a vendor's configuration file into the database.
struct VendorImport {
    let vendor: Vendor
    let vendorOptions: VendorOptions
    let options: DatabaseOptions
    /// The format in which it is said what was imported.
    let summary: OutputFormat
    /// Whether a change that would bias an experiment that has run opens a new phase, rather than being refused.
    let isOpeningPhases: Bool

    private var opening: PhaseOpening? { isOpeningPhases ? .keepingHash : nil }

    /// Reads the file, says what comes along and what does not, and writes the definitions unless it is only a plan.
    func run(_ file: String, isDry: Bool) throws(Failure) {
        let carried = try read(file)
        // Without a database, what would happen is tried in an empty one.
        let scratch = isDry && !options.exists ? try ScratchFolder() : nil
        let administrator = try options.administrator(creating: true, at: scratch?.file("plan.db"))
        var definitions: VendorDefinitions?
        let changes = try options.translating { () throws(ExperimentError) in
            try administrator.apply(
                dependingOn: carried.experiments.map(\.id), openingPhases: opening, isDryRun: isDry
            ) { (stored, holdout) throws(ExperimentError) in
                let made = try VendorDefinitions(carried, stored, holdout: holdout)
                definitions = made
                return made.all
            }
        }
        guard let definitions else { return }
        if !isDry { try Self.check(changes, "nothing was imported:") }
        switch summary {
        case .json:
            let document = VendorSummary.json(changes, carried, notes: definitions.notes(changes))
            try StandardOutput.write(document.document)
        case .text:
            for line in ChangeText.lines(changes, definitions.all) { try StandardOutput.line(line) }
            for item in carried.items { try StandardOutput.line("\(item.loss.rawValue) \(item.path): \(item.reason)") }
            for line in definitions.notes(changes) { try StandardOutput.line("approximated \(line)") }
        }
        try Self.check(changes, "the import would be refused:")
        try report(carried, isDry: isDry)
    }

    private func read(_ file: String) throws(Failure) -> CarryOver {
        let input = file == "-" ? try InputFile.standardInput() : try InputFile.open(file)
        let bytes = try input.bytes(atMost: InputFile.longestConfiguration)
        do throws(VendorFileError) {
            return try vendorOptions.carryOver(vendor, Data(bytes))
        } catch {
            let problems = error.problems.map { "  " + Escaping.visible("\($0)") }.joined(separator: "\n")
            throw Failure(.input, "\(Escaping.visible(input.name)): nothing was imported:\n\(problems)")
        }
    }

    private func report(_ carried: CarryOver, isDry: Bool) throws(Failure) {
        let count = carried.experiments.count
        StandardError.write(
            "\(isDry ? "Would import" : "Imported") \(NumberText.count(count, "experiment")). "
                + "Values, payloads and variables of variants stay in your code.")
        let refused = carried.items.count { $0.loss == .refused }
        guard refused == 0 else {
            let parts = refused == 1 ? "1 part of the file is" : "\(NumberText.count(refused)) parts of the file are"
            throw Failure(.partial, "\(parts) not carried over, as named above")
        }
    }

    /// Ends with every refusal there is.
    private static func check(_ changes: [DefinitionChange], _ title: String) throws(Failure) {
        let refusals = changes.flatMap { ChangeText.refusals($0) }
        guard refusals.isEmpty else {
            throw Failure(.input, title + refusals.map { "\n  \($0)" }.joined())
        }
    }
}

/// The effect of moving in from a vendor's file, in JSON.
enum VendorSummary {
    /// - Parameters:
    ///   - changes: The definitions.
    ///   - carried: What came along; its items are the parts of the file that do not as they are.
    ///   - notes: What the database has beside the vendor's settings that gives units another variant.
    /// - Returns: The document.
    static func json(_ changes: [DefinitionChange], _ carried: CarryOver, notes: [String]) -> JSONValue {
        let parts = carried.items.map { item in
            JSONValue.object([
                ("loss", .string(item.loss.rawValue)), ("path", .string(item.path)), ("reason", .string(item.reason)),
            ])
        }
        return .object([
            ("changes", .array(changes.map(ChangeSummary.json))), ("parts", .array(parts)),
            ("notes", .array(notes.map { .string($0) })),
        ])
    }
}
