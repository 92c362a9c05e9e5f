import Foundation
import TestSupport
import Testing

@Suite("The numbers of an independent implementation")
struct OracleTests {
    /// The numbers that the answers and the report both hold.
    struct Answer: Decodable {
        struct Experiment: Decodable {
            let experiment: String
            let exposures: [String: Int]
            let units: [String: Int]
            let outcomes: Outcomes
            /// Metrics whose values are too large for a double to hold their variance.
            let leftOut: [String]?
            let metrics: [Value]
        }

        struct Outcomes: Decodable {
            let total: Int
            let kept: Int
            let discarded: [String: Int]
        }

        struct Value: Decodable {
            let metric: String
            let kind: String
            let variantId: String
            let units: Int
            /// Nil of a ratio and a quantile, of which the oracle does not say it.
            let unitsWithOutcome: Int?
            let mean: Double?
            let variance: Double?
            let scale: Double
        }

        let unattributedOutcomes: [String: Int]
        let experiments: [Experiment]
    }

    struct Report: Decodable {
        struct Experiment: Decodable {
            let experiment: String
            let exposures: [String: Int]
            let units: [String: Int]
            let outcomes: Answer.Outcomes
            let metrics: [Metric]
        }

        struct Metric: Decodable {
            struct Variant: Decodable {
                let variantId: String
                let units: Int
                let unitsWithOutcome: Int
                let mean: Double?
                let variance: Double?
            }

            let metric: String
            let kind: String
            let variants: [Variant]
        }

        let unattributedOutcomes: [String: Int]
        let experiments: [Experiment]
    }

    @Test(
        "every count is equal, every mean and variance within the tolerance, by every option",
        arguments: ["oracle", "oracle-metrics"])
    func agreement(set: String) throws {
        let tool = Tool()
        let fixtures = Checkout.file("Tests/CommandTests/Fixtures/\(set)")
        #expect(try tool.run("apply", fixtures + "/definitions.toml").code == 0)
        for log in ["exposures", "outcomes"] {
            #expect(try tool.run("import", log, "\(fixtures)/\(log).csv", "--on-error", "skip").code == 3)
        }
        try compare(tool, with: set)
    }

    /// Compares the reports of a tool's database with the oracle's answers.
    func compare(_ tool: Tool, with set: String) throws {
        let fixtures = Checkout.file("Tests/CommandTests/Fixtures/\(set)")
        let answers = try Self.decoder.decode(
            [String: Answer].self, from: Data(contentsOf: URL(fileURLWithPath: fixtures + "/answers.json")))
        let (first, asOf) = (["--crossovers", "first"], ["--as-of", "2025-10-18T15:06:40Z"])
        let options = ["oracle": [], "first": first, "as_of": asOf, "first_as_of": first + asOf]
        for (name, answer) in answers {
            let arguments = try #require(options[name])
            let ending = try tool.bare(["report", "--format", "json", "--database", tool.database] + arguments)
            let report = try Self.decoder.decode(Report.self, from: Data(ending.output.utf8))
            #expect(report.unattributedOutcomes == answer.unattributedOutcomes)
            #expect(report.experiments.count == answer.experiments.count)
            for (ours, theirs) in zip(report.experiments, answer.experiments) { compare(ours, theirs, name) }
        }
    }

    private func compare(_ ours: Report.Experiment, _ theirs: Answer.Experiment, _ name: String) {
        #expect(ours.experiment == theirs.experiment)
        #expect(ours.exposures == theirs.exposures, "\(name)")
        #expect(ours.units == theirs.units, "\(name)")
        #expect(ours.outcomes.total == theirs.outcomes.total && ours.outcomes.kept == theirs.outcomes.kept, "\(name)")
        let reasons = ours.outcomes.discarded.filter { theirs.outcomes.discarded[$0.key] != nil || $0.value > 0 }
        #expect(reasons == theirs.outcomes.discarded, "\(name)")
        let names = Set(theirs.metrics.map { "\($0.metric)|\($0.kind)" })
        let others = ours.metrics.filter { metric in
            !names.contains("\(metric.metric)|\(metric.kind)") && metric.variants.contains { $0.units > 0 }
        }
        #expect(Set(others.map(\.metric)).isSubset(of: theirs.leftOut ?? []), "\(name)")
        for value in theirs.metrics {
            let metric = ours.metrics.first {
                $0.metric.utf8.elementsEqual(value.metric.utf8) && $0.kind == value.kind
            }
            let variant = metric?.variants.first { $0.variantId == value.variantId }
            let label = "\(name): \(ours.experiment), \(value.metric) (\(value.kind)), \(value.variantId)"
            #expect(variant?.units == value.units, "\(label)")
            if let units = value.unitsWithOutcome { #expect(variant?.unitsWithOutcome == units, "\(label)") }
            #expect(isNear(variant?.mean, value.mean, 1e-12 * value.scale / Double(max(1, value.units))), "\(label)")
            #expect(isNear(variant?.variance, value.variance, 1e-11 * (value.variance ?? 0)), "\(label)")
        }
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    private func isNear(_ ours: Double?, _ theirs: Double?, _ tolerance: Double) -> Bool {
        guard let ours, let theirs else { return ours == nil && theirs == nil }
        return abs(ours - theirs) <= tolerance
    }
}
