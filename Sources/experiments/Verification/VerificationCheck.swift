import ExperimentAnalysis
import ExperimentReporting
import ExperimentStorage
import Experimentation

/// The checks of `verify`, in the order in which they are made.
enum VerificationCheck: String, CaseIterable {
    case version
    case file
    case references
    case schema
    case definitions
    case exposures
    case outcomes
    case results
    case assignment

    /// Makes the check.
    func run(
        _ verifier: ExperimentVerifier, _ analyzer: ExperimentAnalyzer
    ) throws(ExperimentError) -> VerificationFinding {
        switch self {
        case .version:
            // The file could not have been opened otherwise.
            VerificationFinding(.fine, "schema \(verifier.schemaVersion), made by the scripts of this version")
        case .file:
            VerificationFinding(
                try verifier.damages(), fine: "SQLite finds its pages, indexes and types whole",
                failed: "SQLite finds damage")
        case .references:
            VerificationFinding(
                try verifier.brokenReferences(), fine: "every reference names a row",
                failed: "references name rows that are not there")
        case .schema: try schema(verifier)
        case .definitions: try definitions(verifier)
        case .exposures: log(try verifier.checkExposures())
        case .outcomes: log(try verifier.checkOutcomes())
        case .results: results(try analyzer.compareWithViews())
        case .assignment: AssignmentFinding.of(try verifier.replayAssignment())
        }
    }

    private func schema(_ verifier: ExperimentVerifier) throws(ExperimentError) -> VerificationFinding {
        let (problems, additions) = try verifier.compareSchema()
        let fine = "tables, views, indexes and triggers are as the scripts make them"
        guard problems.isEmpty, !additions.isEmpty else {
            return VerificationFinding(
                problems, fine: fine, failed: "the file is not as the scripts make it")
        }
        return VerificationFinding(.note, fine + "; others are beside them", details: additions)
    }

    private func definitions(_ verifier: ExperimentVerifier) throws(ExperimentError) -> VerificationFinding {
        let (phases, problems) = try verifier.checkDefinitions()
        return VerificationFinding(
            problems,
            fine: "\(NumberText.count(phases)) phase\(phases == 1 ? "" : "s") can be read, with all that belongs to them",
            failed: "definitions are damaged")
    }

    private func log(_ check: LogCheck) -> VerificationFinding {
        VerificationFinding(
            check.violations.map {
                "not true of \(NumberText.count($0.rows)), \(rawValue.dropLast()) \(NumberText.count($0.firstRow)) first: \($0.rule)"
            },
            fine: "\(NumberText.count(check.rows)) rows keep the rules of records",
            failed: "rows break the rules of records")
    }

    private func results(_ comparison: ViewComparison) -> VerificationFinding {
        func text(_ number: Double?) -> String { number.map { "\($0)" } ?? "nothing" }
        return VerificationFinding(
            comparison.differences.prefix(10).map {
                "\($0.subject): the report says \(text($0.report)), the views say \(text($0.view))"
            },
            fine: "the report and the views agree in \(NumberText.count(comparison.numbers)) numbers",
            failed:
                "\(NumberText.count(comparison.differences.count)) of \(NumberText.count(comparison.numbers)) numbers differ "
                + "between the report and the views")
    }
}
