import Foundation
import TestSupport
import Testing

@Suite("The numbers of an independent implementation")
struct OracleTests {
    /// What the answers and the report both hold.
    struct Answer: Decodable {
        struct Experiment: Decodable {
            let experiment: String
            let exposures: [String: Int]
            let units: [String: Int]
            let outcomes: Outcomes
            let metrics: [Value]
        }

        struct Outcomes: Decodable, Equatable {
            let total: Int
            let kept: Int
            let discarded: [String: Int]
        }

        struct Value: Decodable {
            let metric: String
            let kind: String
            let variantId: String
            let units: Int
            let unitsWithOutcome: Int
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

    @Test("every count is equal, every mean and variance within the tolerance, by every option")
    func agreement() throws {
        let tool = Tool()
        let fixtures = Checkout.file("Tests/CommandTests/Fixtures/oracle")
        #expect(try tool.run("apply", fixtures + "/definitions.toml").code == 0)
        for log in ["exposures", "outcomes"] {
            #expect(try tool.run("import", log, "\(fixtures)/\(log).csv", "--on-error", "skip").code == 3)
        }
        let answers = try Self.decoder.decode(
            [String: Answer].self, from: Data(contentsOf: URL(fileURLWithPath: fixtures + "/answers.json")))
        let options = [
            "oracle": [], "first": ["--crossovers", "first"], "as_of": ["--as-of", "2025-10-18T15:06:40Z"],
        ]
        for (name, arguments) in options {
            let answer = try #require(answers[name])
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
        #expect(ours.outcomes == theirs.outcomes, "\(name)")
        #expect(ours.metrics.reduce(0) { $0 + $1.variants.count } == theirs.metrics.count)
        for value in theirs.metrics {
            let metric = ours.metrics.first {
                $0.metric.utf8.elementsEqual(value.metric.utf8) && $0.kind == value.kind
            }
            let variant = metric?.variants.first { $0.variantId == value.variantId }
            let label = "\(name): \(ours.experiment), \(value.metric) (\(value.kind)), \(value.variantId)"
            #expect(variant?.units == value.units, "\(label)")
            #expect(variant?.unitsWithOutcome == value.unitsWithOutcome, "\(label)")
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
