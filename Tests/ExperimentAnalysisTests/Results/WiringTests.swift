import ExperimentAnalysis
import ExperimentReporting
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

/// The statistics have golden values of their own; these hold that each of them gets the numbers it should.
@Suite("What reaches the statistics, and what comes out of them")
struct WiringTests {
    /// 200 units in each of three variants; four metrics, half of them goals, of which less is better in `load` and `crash`.
    private func shop() async throws -> TestStore {
        let variants = [VariantDefinition("control", isControl: true), VariantDefinition("a"), VariantDefinition("b")]
        let experiment = try Experiment(
            id: "button", variants: variants, goals: ["load", "revenue"],
            guardrails: [try Guardrail(metric: "load", margin: 0.05)])
        let less = [
            try MetricDefinition(name: "load", kind: .numeric, direction: .decrease),
            try MetricDefinition(name: "crash", kind: .bool, direction: .decrease),
        ]
        let shop = try await TestStore(.quiet(.processCrash), defining: [experiment], metrics: less)
        var generator = SplitMix(seed: 11)
        for user in 0..<600 {
            let (name, arm) = ("u\(user)", user % 3)
            let variant = variants[arm].variantID.text
            try await shop.store.recordExposure(Shop.exposure(name, variant, second: Int64(user % 4) * 86_400))
            func record(_ metric: String, _ value: OutcomeValue, _ second: Int64 = 900_000) async throws {
                try await shop.store.recordOutcome(Shop.outcome(name, value, second: second, metric: metric))
            }
            try await record("load", .numeric(20 + Double(generator.below(100) + arm * 8) / 10))
            try await record("load", .numeric(18 + Double(generator.below(100)) / 10), -9)
            try await record("revenue", .numeric(Double(generator.below(100) + arm * 6)))
            try await record("visits", .count(Int64(generator.below(5) + arm * (user % 2))))
            if user < 12, arm != 1 || user < 4 { try await record("crash", .bool(true)) }
        }
        return shop
    }

    private func pairs(_ result: ExperimentResult) -> [(metric: MetricResult, comparison: Comparison, effect: Effect)] {
        result.metrics.flatMap { metric in
            zip(metric.comparisons, metric.variants.dropFirst()).map { comparison, treatment in
                (
                    metric, comparison,
                    .means(
                        control: metric.variants[0].aggregate ?? .empty, treatment: treatment.aggregate ?? .empty)
                )
            }
        }
    }

    @Test("goals are adjusted by Holm, and the other metrics by Benjamini–Hochberg, each over all treatments")
    func families() async throws {
        let result = try await shop().result()
        for (isGoal, method) in [(true, MultiplicityAdjustment.holm), (false, .benjaminiHochberg)] {
            let family = result.metrics.filter { ($0.role == .goal) == isGoal }.flatMap(\.comparisons)
            #expect(family.count == 4)
            #expect(family.map(\.adjustedPValue) == method.adjust(family.map(\.inference.pValue)))
            // The two differ here, so that one cannot stand for the other.
            let other: MultiplicityAdjustment = isGoal ? .benjaminiHochberg : .holm
            #expect(family.map(\.adjustedPValue) != other.adjust(family.map(\.inference.pValue)))
        }
    }

    @Test("chance to win, losses and non-inferiority go by the metric's direction")
    func directions() async throws {
        for (metric, comparison, effect) in pairs(try await shop().result()) where metric.kind == .numeric {
            let normal = try #require(NormalPosterior(liftOf: effect))
            #expect(comparison.posterior?.chanceToWin == normal.chanceToWin(metric.direction))
            #expect(comparison.posterior?.expectedLoss == normal.expectedLoss(metric.direction))
            let test = metric.margin.map { NonInferiorityTest(effect, margin: $0, direction: metric.direction) }
            #expect(comparison.nonInferiority == test)
            #expect((test == nil) == (metric.metric != "load"))
        }
        let crash = try #require(try await shop().result().metrics.first { $0.metric == "crash" })
        let shares = crash.variants.map { Proportion(successes: Int($0.sum ?? 0), of: 200) }
        for (comparison, share) in zip(crash.comparisons, shares.dropFirst()) {
            #expect(comparison.inference.method == .exact)
            let beta = BetaBinomialPosterior(control: shares[0], treatment: share)
            #expect(comparison.posterior?.chanceToWin == beta.chanceToWin(.decrease))
            #expect(comparison.posterior?.expectedLoss == beta.expectedLoss(.decrease))
        }
    }

    @Test("JSON and CSV say what the results say, each under its own name")
    func documents() async throws {
        let results = try await shop().analyze()
        let all = pairs(results.experiments[0])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let report = try decoder.decode(Document.self, from: Data(JSONReport.render(results).utf8))
        let read = report.experiments[0].metrics.flatMap(\.comparisons)
        #expect(read.map(\.values) == all.map { Self.values($0.comparison) })
        let rows = CSVReport.render(results).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let treated = rows.dropFirst().filter { $0.contains("false") && !$0.contains("control") }
        #expect(treated.count == all.count)
        for (row, (_, comparison, _)) in zip(treated, all) {
            let cells = Dictionary(uniqueKeysWithValues: zip(rows[0], row))
            let expected: [String: Double?] = [
                "difference_lower": comparison.inference.differenceInterval?.lower,
                "lift_upper": comparison.inference.liftInterval?.upper, "p_value": comparison.inference.pValue,
                "adjusted_p_value": comparison.adjustedPValue,
                "always_valid_difference_lower": comparison.alwaysValid?.differenceInterval?.lower,
                "always_valid_difference_upper": comparison.alwaysValid?.differenceInterval?.upper,
                "always_valid_lift_lower": comparison.alwaysValid?.liftInterval?.lower,
                "chance_to_win": comparison.posterior?.chanceToWin,
                "covariate_adjusted_lift": comparison.adjusted?.inference.lift,
                "variance_reduction": comparison.adjusted?.varianceReduction,
                "non_inferiority_p_value": comparison.nonInferiority?.pValue,
            ]
            for (name, value) in expected { #expect(cells[name].map { Double($0) } == .some(value), "\(name)") }
        }
    }

    @Test("the sequential sample ratio raises the alarm where the other test has too few units")
    func sequentialSampleRatio() async throws {
        let shop = try await TestStore(.quiet(.processCrash), defining: [try Shop.button(weights: (1_000, 1))])
        for user in 0..<360 {
            try await shop.store.recordExposure(Shop.exposure("u\(user)", user < 300 ? "control" : "treatment"))
        }
        let result = try await shop.result()
        #expect(result.sampleRatio.pValue == nil)
        #expect(result.problems.first == .sampleRatioMismatch)
        let results = try await shop.analyze()
        let report = Report(results, of: "shop.db")
        let text = TextReport.render(report)
        #expect(text.contains("Sample ratio mismatch"))
        #expect(text.contains("Sample ratio  mismatch, p\u{a0}="))
        // Beside an alarm the words of its test would read as an all-clear.
        let page = HTMLReport.render(report)
        #expect(page.contains("mismatch, p\u{a0}=") && !page.contains(", safe to check daily"))
        #expect(CSVReport.render(results).contains("button,1,running,false,true,"))
        let json = JSONReport.render(results)
        #expect(json.components(separatedBy: "\"mismatch\": true").count == 2)
    }

    @Test("units in a variant of weight zero are an alarm of their own, and no mismatch of the others")
    func unexpectedUnits() async throws {
        let variants = [("control", 1.0), ("treatment", 1), ("off", 0)]
        let shop = try await TestStore(
            .quiet(.processCrash),
            defining: [
                try Experiment(
                    id: "button", status: .running,
                    variants: variants.map { VariantDefinition($0.0, weight: $0.1, isControl: $0.0 == "control") })
            ])
        for user in 0..<360 {
            try await shop.store.recordExposure(Shop.exposure("u\(user)", variants[user % 3].0))
            try await shop.store.recordOutcome(Shop.outcome("u\(user)", .numeric(Double(user % 5)), second: 1))
        }
        let results = try await shop.analyze()
        let result = results.experiments[0]
        #expect(result.sampleRatio.chiSquared == 0 && result.sampleRatio.pValue == 1)
        #expect(!result.hasSampleRatioMismatch)
        #expect(result.problems.filter(\.isAlarm) == [.unexpectedUnits(count: 120)])
        #expect(result.decision.verdict == .doNotRead)
        #expect(!JSONReport.render(results).contains("\"mismatch\": true"))
        #expect(CSVReport.render(results).components(separatedBy: "\nbutton,1,running,false,false,").count == 4)
        let text = TextReport.render(Report(results, of: "shop.db"))
        #expect(text.contains("120 users are in a variant of weight 0"))
        #expect(text.contains("Sample ratio  as planned"))
    }

    @Test("exposures that name no unit are a fault of the log, not an experiment that nobody has seen yet")
    func nameless() async throws {
        let shop = try await TestStore(.quiet(.enqueued), defining: [Shop.button()])
        for number in 0..<300 {
            var exposure = Shop.exposure("", second: Int64(number))
            exposure.userID = nil
            exposure.sessionID = "s\(number)"
            try await shop.store.recordExposure(exposure)
        }
        let results = try await shop.analyze {
            $0.asOfMicroseconds = Date.now.microsecondsSince1970 + 3 * 86_400_000_000
        }
        #expect(results.experiments[0].exposures.noUnit == 300)
        let text = TextReport.render(Report(results, of: "shop.db"))
        #expect(text.contains("“button” needs repair"))
        #expect(text.contains("300 exposures without a user id"))
    }

    @Test("days end where the report ends")
    func days() async throws {
        let shop = try await shop()
        let result = try await shop.result { $0.asOfMicroseconds = Shop.start + 2 * 86_400_000_000 }
        #expect(result.days.count == 2)
        #expect(result.days.flatMap { $0.variants.map(\.exposures) }.reduce(0, +) == result.exposures.total)
        #expect(result.exposures.total == 300)
    }

    // MARK: What is read of the JSON

    private struct Document: Decodable {
        struct Experiment: Decodable { let metrics: [Metric] }
        struct Metric: Decodable { let comparisons: [Entry] }
        struct Sequence: Decodable { let differenceInterval, liftInterval: [Double]?, pValue: Double? }
        struct Posterior: Decodable {
            let chanceToWin, expectedLossKeepingControl, expectedLossShippingTreatment: Double
        }
        struct Adjusted: Decodable {
            let liftInterval: [Double]?
            let slope: Double
            let pValue, varianceReduction, imbalancePValue: Double?
        }
        struct NonInferiority: Decodable { let pValue, inferiorityPValue: Double? }
        struct Entry: Decodable {
            let reading: String
            let liftInterval: [Double]?
            let adjustedPValue: Double?
            let alwaysValid: Sequence?
            let posterior: Posterior?
            let covariateAdjusted: Adjusted?
            let nonInferiority: NonInferiority?

            var values: [Double?] {
                [
                    liftInterval?.first, liftInterval?.last, adjustedPValue, alwaysValid?.differenceInterval?.first,
                    alwaysValid?.liftInterval?.last, alwaysValid?.pValue, posterior?.chanceToWin,
                    posterior?.expectedLossKeepingControl, posterior?.expectedLossShippingTreatment,
                    covariateAdjusted?.liftInterval?.first, covariateAdjusted?.slope, covariateAdjusted?.pValue,
                    covariateAdjusted?.varianceReduction, covariateAdjusted?.imbalancePValue, nonInferiority?.pValue,
                    nonInferiority?.inferiorityPValue,
                ]
            }
        }

        let experiments: [Experiment]
    }

    private static func values(_ comparison: Comparison) -> [Double?] {
        let (sequence, adjusted) = (comparison.alwaysValid, comparison.adjusted)
        return [
            comparison.inference.liftInterval?.lower, comparison.inference.liftInterval?.upper,
            comparison.adjustedPValue, sequence?.differenceInterval?.lower, sequence?.liftInterval?.upper,
            sequence?.pValue, comparison.posterior?.chanceToWin, comparison.posterior?.expectedLoss.keepingControl,
            comparison.posterior?.expectedLoss.shippingTreatment, adjusted?.inference.liftInterval?.lower,
            adjusted?.slope, adjusted?.inference.pValue, adjusted?.varianceReduction, adjusted?.imbalancePValue,
            comparison.nonInferiority?.pValue, comparison.nonInferiority?.inferiorityPValue,
        ]
    }
}
