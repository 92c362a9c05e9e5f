import ArgumentParser
import ExperimentAnalysis
import ExperimentJSON
import ExperimentStorage
import ExperimentVendors
import Experimentation

/// `experiments verify`: whether a file is whole and says what it should.
struct VerifyCommand: ParsableCommand {
    /// What makes a run end with exit code 4.
    enum Alarm: String, CaseIterable, ExpressibleByArgument {
        case assignment
    }

    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks that a database is whole, and its numbers and assignments what they should be.",
        discussion: """
            Reads everything and changes nothing, beside a server or without one. A line for each check: ok, note or
            failed. The exit code is 2 if one failed. Logged variants are compared with those that the phase gives
            the unit now; where they differ, as those of imported histories do, it is a note, and with --fail-on
            assignment the exit code is 4.

            EXAMPLE
              experiments verify --database shop.db
              experiments verify --verbose --fail-on assignment --database shop.db
            """)

    @OptionGroup var options: DatabaseOptions
    @Option(help: "Exit with 4 where a logged 'assignment' differs, or cannot be compared.") var failOn: Alarm?
    @Option(help: "How to print: text or json.") var format: OutputFormat = .text
    @Flag(name: [.long, .short], help: "Show the first units whose logged variant differs.") var verbose = false

    func run() throws {
        try options.checkExistence()
        let (verifier, analyzer) = try options.translating { () throws(ExperimentError) in
            (
                try ExperimentVerifier(at: options.database, algorithms: .vendors),
                try ExperimentAnalyzer(databaseAt: options.database)
            )
        }
        // It takes most of the time: so the other checks are made beside it.
        let comparison = ParallelWork { () throws(ExperimentError) in try analyzer.compareWithViews() }
        var failed = 0
        var documents: [JSONValue] = []
        var isAssignedElsewhere = false
        for check in VerificationCheck.allCases {
            let finding = find(check, verifier, comparison)
            switch format {
            case .text: try print(finding, of: check)
            case .json: documents.append(json(finding, of: check))
            }
            if finding.state == .failed { failed += 1 }
            if check == .assignment, finding.state == .note { isAssignedElsewhere = true }
        }
        if format == .json { try StandardOutput.write(JSONValue.array(documents).document) }
        if failed > 0 {
            throw Failure(.input, "\(failed) of \(VerificationCheck.allCases.count) checks failed")
        }
        if failOn == .assignment, isAssignedElsewhere { throw Failure.told(.alarm) }
    }

    /// A check in JSON.
    private func json(_ finding: VerificationFinding, of check: VerificationCheck) -> JSONValue {
        let details = finding.details + (verbose ? finding.examples : [])
        return .object([
            ("check", .string(check.rawValue)), ("state", .string(finding.state.rawValue)),
            ("summary", .string(finding.summary)), ("details", .array(details.map { .string($0) })),
        ])
    }

    /// Makes a check; where the file cannot even be read for it, that is the finding.
    private func find(
        _ check: VerificationCheck, _ verifier: ExperimentVerifier,
        _ comparison: ParallelWork<ViewComparison, ExperimentError>
    ) -> VerificationFinding {
        StatusLine.show("\(check.rawValue) …")
        defer { StatusLine.clear() }
        do throws(Failure) {
            return try options.translating(check.run(verifier, comparison))
        } catch {
            return VerificationFinding(.failed, "it cannot be checked", details: [error.message])
        }
    }

    private func print(_ finding: VerificationFinding, of check: VerificationCheck) throws(Failure) {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        try StandardOutput.line("\(padded(finding.state.rawValue, 8))\(padded(check.rawValue, 13))\(finding.summary)")
        for line in finding.details + (verbose ? finding.examples : []) {
            try StandardOutput.line(padded("", 21) + line)
        }
    }
}
