import ArgumentParser
import ExperimentAnalysis
import ExperimentDefinitions
import Experimentation

/// `experiments report`: what the experiments show.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Reports the results of the experiments, as of one moment, while a server writes.",
        discussion: """
            Only outcomes at or after their unit's first exposure count; what was left out is listed with its reason.

            EXAMPLE
              experiments report --database shop.db
              experiments report checkout_button_color --format json --output report.json --database shop.db
              experiments report --as-of 2026-01-31 --crossovers first --database shop.db
            """)

    @OptionGroup var report: ReportOptions
    @OptionGroup var options: DatabaseOptions
    @Option(help: MemoryLimit.help) var memory: MemoryLimit?

    func run() throws {
        var analysis = try report.analysis(options)
        analysis.limitMemory(to: memory)
        let results = try Self.analyze(analysis, options)
        try Self.checkAttribute(in: results, options)
        if analysis.experiments.isEmpty {
            try options.tellRetained(besides: results.experiments.map(\.experiment), phase: analysis.phase)
        }
        try report.write(results, of: options.database)
    }

    /// Refuses segments by an attribute that no exposure has, where exposures have others: it is misspelled.
    private static func checkAttribute(in results: AnalysisResults, _ options: DatabaseOptions) throws(Failure) {
        let values = Set(results.experiments.flatMap(\.segments).map(\.value))
        guard let asked = results.options.segmentAttribute, values == [.missing] else { return }
        try options.checkAttribute(asked)
    }

    /// Analyses a database, and says failures in the tool's words.
    static func analyze(_ analysis: AnalysisOptions, _ options: DatabaseOptions) throws(Failure) -> AnalysisResults {
        try options.checkExistence()
        defer { StatusLine.clear() }
        return try options.translating { () throws(ExperimentError) in
            try ExperimentAnalyzer(databaseAt: options.database).analyze(analysis) { step in
                StatusLine.show("\(step.rawValue) …")
            }
        }
    }
}

extension DatabaseOptions {
    /// Says which experiments are left out of what is told of all of them, since a retention removed their rows.
    func tellRetained(besides told: [ExperimentName], phase: Int? = nil) throws(Failure) {
        let phases = try translating { () throws(ExperimentError) in
            try ExperimentAnalyzer(databaseAt: database).retainedPhases()
        }
        var names: [ExperimentName] = []
        for retained in phases where phase ?? retained.number == retained.number {
            let name = retained.experiment
            if !told.contains(name), !names.contains(name) { names.append(name) }
        }
        guard !names.isEmpty else { return }
        StandardError.write(
            "Left out, since their rows were removed: \(names.map(\.text).joined(separator: ", ")). Stored nights hold their "
                + "numbers: the views nightly_results and nightly_decisions.")
    }

    /// Refuses an attribute that no exposure has, where exposures have others.
    func checkAttribute(_ asked: AttributeName) throws(Failure) {
        let (known, isThere) = try translating { () throws(ExperimentError) in
            let analyzer = try ExperimentAnalyzer(databaseAt: database)
            let known = try analyzer.attributeNames()
            if known.isEmpty || known.contains(asked) { return (known, true) }
            return (known, try analyzer.hasAttribute(asked))
        }
        guard !isThere else { return }
        let names = known.prefix(20).map { Escaping.quoted($0) }.joined(separator: ", ")
        throw Failure(.input, "no exposure has the attribute \(Escaping.quoted(asked)); there are \(names)")
    }
}
