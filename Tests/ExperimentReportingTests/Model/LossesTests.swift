import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentReporting

@Suite("What is worse stands where the gain does")
struct LossesTests {
    @Test(
        "a metric that neither decides nor guards, and is worse, does not bar a ship: the headline says it beside the gain"
    )
    func secondary() async throws {
        let experiment = try Experiment(
            id: "button", variants: Shop.button().design.variants, goals: ["revenue"], plan: ExperimentPlan(days: 0))
        let metrics = try ["load", "errors", "calls"].map {
            try MetricDefinition(name: $0, kind: .numeric, direction: .decrease)
        }
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment], metrics: metrics)
        for unit in 0..<600 {
            let isTreated = unit % 2 == 1
            let user = "u\(unit)"
            try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "treatment" : "control"))
            func record(_ metric: String, _ gain: Double) async throws {
                let value = 10 + Double(unit / 2 % 5) + (isTreated ? gain : 0)
                try await shop.store.recordOutcome(Shop.outcome(user, .numeric(value), second: 9, metric: metric))
            }
            try await record("revenue", 2)
            for metric in ["load", "errors", "calls"] { try await record(metric, 3) }
        }
        let report = Report(try await shop.analyze(), of: "shop.db")
        await shop.store.close()
        let only = try #require(report.experiments.first)
        #expect(only.result.decision.verdict == .ship)
        #expect(only.result.decision.harms.map(\.metric.metric) == ["calls", "errors", "load"])
        #expect(
            report.headline.plain
                == "Ship treatment in “button” (revenue +16.7%; worse: calls +25.0%, errors +25.0% and one more).")
        #expect(only.verdict.sentence.plain.contains("But clearly worse: calls +25.0%, errors +25.0% and load +25.0%."))
    }

    @Test("every part whose units do not split as planned is named, the fourth and later ones where there are few")
    func parts() async throws {
        func sentence(_ broken: Int) async throws -> String {
            let experiment = try Experiment(
                id: "button", variants: Shop.button().design.variants, goals: ["revenue"], segments: ["country"])
            let shop = try await TestStore(.quiet(.enqueued), defining: [experiment])
            for country in 0..<6 {
                for unit in 0..<300 {
                    // Too few units of one country, too many of the next, so that all together are even.
                    let isTreated = country < broken ? (unit % 10 < 8) == (country % 2 == 0) : unit % 2 == 1
                    var exposure = Shop.exposure(
                        "\(country)-\(unit)", isTreated ? "treatment" : "control", second: Int64(unit / 2 % 8) * 86_400)
                    exposure.attributes = ["country": "c\(country)"]
                    try await shop.store.recordExposure(exposure)
                }
            }
            let result = try await shop.result()
            await shop.store.close()
            guard case .splitInCell? = result.problems.first else { return "\(result.problems)" }
            return ProblemText.plain(result.problems[0], result)
        }
        let two = try await sentence(2)
        #expect(two.hasPrefix("The units of two parts do not split as planned: country = c"))
        #expect(two.contains("country = c0 (60 in control and 240 in treatment)"))
        #expect(two.contains("country = c1 (240 in control and 60 in treatment)"))
        let six = try await sentence(6)
        #expect(six.hasPrefix("The units of six parts do not split as planned: country = c"))
        #expect(six.hasSuffix(" and 2 more"))
    }
}
