import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentReporting
import ExperimentStorage
import Experimentation
import Foundation

/// The time it takes to draw a large report once it is analysed: 50 experiments of 10 metrics after 60 stored nights,
/// as a page and in the other formats, with the size of each; median.
///
///     swift run -c release --package-path Tests/Benchmarks RenderingBenchmark [ROUNDS]
@main
struct RenderingBenchmark {
    private static let experiments = 50
    private static let metrics = 10
    private static let nights = 60
    private static let units = 240
    private static let day: Int64 = 86_400_000_000
    /// 2026-01-01, in days since 1970.
    private static let start = 20_454

    static func main() throws {
        let rounds = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 15 : 15
        let path =
            FileManager.default.temporaryDirectory.path + "/drawn-\(ProcessInfo.processInfo.processIdentifier).db"
        defer {
            for suffix in ["", "-wal", "-shm", "-owner", "-guard"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
        try fill(path)
        let results = try ExperimentAnalyzer(databaseAt: path).analyze()
        precondition(results.experiments.count == experiments)
        precondition(results.experiments.allSatisfy { $0.metrics.count == metrics && $0.nights.count == nights })
        let formats: [(String, (AnalysisResults) -> String)] = [
            ("HTML", { HTMLReport.render(Report($0, of: "shop.db")) }),
            ("e-mail", { EmailReport.render(Report($0, of: "shop.db")) }),
            ("Markdown", { MarkdownReport.render(Report($0, of: "shop.db")) }),
            ("JSON", { JSONReport.render($0) }),
            ("CSV", { CSVReport.render($0) }),
        ]
        print("| format | s, median | bytes |\n|---|---:|---:|")
        for (name, render) in formats {
            var size = 0
            let times = (0..<rounds).map { _ in
                let start = ContinuousClock.now
                size = render(results).utf8.count
                let elapsed = (ContinuousClock.now - start).components
                return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
            }
            print("| \(name) | \((times.sorted()[rounds / 2] * 1000).rounded() / 1000) | \(size) |")
        }
    }

    /// A few units a day in two variants, each with a value of every metric, and a night after each day.
    private static func fill(_ path: String) throws {
        let administrator = try ExperimentAdministrator.open(at: path, creating: true)
        let names = (1...experiments).map { "experiment_\($0)" }
        let variants = [VariantDefinition("control", isControl: true), VariantDefinition("treatment")]
        let definitions = try names.map { try Experiment(id: $0, variants: variants, goals: ["metric_0"]) }
        _ = try administrator.apply(
            Definitions(experiments: definitions.map { Definitions.DefinedExperiment($0, status: .running) }))
        let records = try administrator.beginImport(digest: "rendering")
        for name in names {
            for unit in 0..<units {
                let user = "\(name) \(unit)"
                let time = Int64(start + unit / (units / nights)) * day + 1
                try records.add(
                    ExposureRecord(
                        experiment: name, variantID: unit % 2 == 0 ? "control" : "treatment", userID: user,
                        timestampMicroseconds: time))
                for metric in 0..<metrics {
                    let value = Double((unit * 7 + metric * 13) % 50 + unit % 2)
                    try records.add(
                        OutcomeRecord(
                            experiment: name, metric: "metric_\(metric)", value: .numeric(value), userID: user,
                            timestampMicroseconds: time + 1))
                }
            }
        }
        try records.finish()
        let seen = try ExperimentAnalyzer(databaseAt: path).analyze()
        let nightly = try NightlyAnalysis(databaseAt: path)
        // What is drawn does not depend on what the nights saw.
        for number in 0..<nights { _ = try nightly.store(seen, day: start + number) }
    }
}
