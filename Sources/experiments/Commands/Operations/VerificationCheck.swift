import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentReporting
import ExperimentStorage
import Experimentation

/// The checks of `verify`, in the order in which they are made.
enum VerificationCheck: String, CaseIterable {
    case access
    case version
    case file
    case references
    case schema
    case definitions
    case exposures
    case outcomes
    case links
    case removals
    case results
    case assignment

    /// Makes the check.
    func run(
        _ verifier: ExperimentVerifier, _ comparison: ParallelWork<ViewComparison, ExperimentError>
    ) throws(ExperimentError) -> VerificationFinding {
        switch self {
        case .access:
            verifier.isOpenToOthers
                ? VerificationFinding(
                    .note, "every user of this machine may change the file or its folder, and so what results say")
                : VerificationFinding(.fine, "only its owner and group may change the file and its folder")
        case .version:
            // The file could not have been opened otherwise.
            VerificationFinding(
                .fine, "schema \(ExperimentVerifier.schemaVersion), made by the scripts of this version")
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
        case .links: log(try verifier.checkLinks())
        case .removals: removals(try verifier.removals())
        case .results: results(try comparison.value())
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
            fine:
                "\(NumberText.count(phases)) phase\(phases == 1 ? "" : "s") can be read, with all that belongs to them",
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

    private func removals(_ removals: [Removal]) -> VerificationFinding {
        guard !removals.isEmpty else { return VerificationFinding(.fine, "no rows were removed from the logs") }
        let rows = removals.reduce(0) { $0 + $1.exposures + $1.outcomes + $1.links }
        let summary = "\(NumberText.count(rows)) rows were removed, each counted on a receipt"
        let open = removals.contains { $0.endedAt == nil }
        let copies = removals.contains { $0.endedAt != nil && $0.logEmptiedAt == nil }
        let hint =
            open
            ? "; a removal was interrupted: run the same command again"
            : copies ? "; the write-ahead log may still hold copies" : ""
        return VerificationFinding(
            hint.isEmpty ? .fine : .note, summary + hint, details: removals.map { RemovalText.line($0) })
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

/// What one check of a file came to.
struct VerificationFinding {
    /// How bad it is; the raw values are printed.
    enum State: String {
        case fine = "ok"
        /// Worth knowing, and no damage.
        case note
        case failed
    }

    let state: State
    let summary: String
    /// Lines below it, for everybody.
    var details: [String] = []
    /// Lines with ids of users, for those who ask.
    var examples: [String] = []

    /// Fine without problems; else failed, with each of them.
    init(_ problems: [String], fine: String, failed: String) {
        state = problems.isEmpty ? .fine : .failed
        summary = problems.isEmpty ? fine : failed
        details = problems
    }

    init(_ state: State, _ summary: String, details: [String] = [], examples: [String] = []) {
        self.state = state
        self.summary = summary
        self.details = details
        self.examples = examples
    }
}

/// What assigning everybody once more came to; never damage, since records are trusted.
enum AssignmentFinding {
    private static let meaning = """
        The log keeps what was shown, so this is no damage: imported histories and programs with a hash of their own \
        differ; what a server shows by this file's answers does not.
        """

    static func of(_ phases: [PhaseReplay]) -> VerificationFinding {
        let exposures = phases.reduce(0) { $0 + $1.exposures }
        let disagreements = phases.reduce(0) { $0 + $1.disagreements }
        let obstacles = phases.compactMap { phase in
            phase.obstacle.map { "\(name(phase)) cannot be replayed: \($0)" }
        }
        guard disagreements > 0 else {
            let fine =
                "\(NumberText.count(exposures)) enrolled exposures have the variant that their phase gives the unit"
            return VerificationFinding(obstacles.isEmpty ? .fine : .note, fine, details: obstacles)
        }
        let differing = phases.filter { $0.disagreements > 0 }
        return VerificationFinding(
            .note,
            "\(NumberText.count(disagreements)) of \(NumberText.count(exposures)) enrolled exposures have another variant than "
                + "their phase gives the unit",
            details: differing.map {
                "\(name($0)): \(NumberText.count($0.disagreements)) of \(NumberText.count($0.exposures))"
            } + obstacles + [meaning],
            examples: differing.flatMap { phase in phase.examples.map { "\(name(phase)), \(text($0))" } })
    }

    private static func name(_ phase: PhaseReplay) -> String { "\(phase.experiment), phase \(phase.phase)" }

    private static func text(_ found: PhaseReplay.Disagreement) -> String {
        let replayed = found.replayed.map { "gives \($0)" } ?? "leaves it out"
        return
            "exposure \(NumberText.count(found.exposure)): \(found.unitID) saw \(found.logged), the phase \(replayed)"
    }
}
