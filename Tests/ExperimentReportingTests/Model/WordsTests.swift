import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentReporting

@Suite("Words that nobody has to know statistics for")
struct WordsTests {
    private static let day: Int64 = 86_400

    @Test("a share of units has its base beside it, and one rounding wherever it stands")
    func shares() async throws {
        let shop = try await TestStore(.quiet(.enqueued), defining: [Shop.button()])
        for user in 0..<400 {
            let (first, second) = user % 2 == 0 ? ("control", "treatment") : ("treatment", "control")
            try await shop.store.recordExposure(Shop.exposure("u\(user)", first))
            guard user < 22 else { continue }
            try await shop.store.recordExposure(Shop.exposure("u\(user)", second, second: 900))
        }
        let result = try await shop.result()
        await shop.store.close()
        let problem = try #require(result.problems.first)
        #expect(
            ProblemText.plain(problem, result) == "22 of 400 users switched variant (5.5%); the limit is 1%")
        #expect(ProblemText.short(problem).plain == "5.5% switched variant")
    }

    @Test("users who have not completed a metric’s window are told from those who count, wherever units stand")
    func windows() async throws {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: ["buy"],
            plan: ExperimentPlan(units: 2_000, days: 0))
        let goal = try MetricDefinition(name: "buy", kind: .bool, windowMicroseconds: 7 * Self.day * 1_000_000)
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment], metrics: [goal])
        for entry in 0..<10 {
            for unit in 0..<80 {
                let (user, isTreated) = ("u\(entry)-\(unit)", unit % 2 == 1)
                let second = Int64(entry) * Self.day + 36_000
                try await shop.store.recordExposure(Shop.exposure(user, isTreated ? "t" : "c", second: second))
                let bought = second + Int64(isTreated ? 1 : 5) * Self.day
                guard unit / 2 % 5 == 0, bought < 10 * Self.day else { continue }
                try await shop.store.recordOutcome(Shop.outcome(user, .bool(true), second: bought, metric: "buy"))
            }
        }
        let results = try await shop.analyze { $0.asOfMicroseconds = Shop.start + 10 * Self.day * 1_000_000 }
        await shop.store.close()
        let report = Report(results, of: "shop.db")
        let only = try #require(report.experiments.first)
        let sentence = only.verdict.sentence.plain
        #expect(sentence.hasPrefix("Not clear yet. So far buy is "), "\(sentence)")
        #expect(
            sentence.hasSuffix(" 240 of the 2,000 users planned have completed their 7 days."), "\(sentence)")
        #expect(
            MaturityText.sentences(only.result, in: report) == [
                "240 of 800 users have completed their 7 days; only these count in buy.",
                "Counting also users who have not completed their 7 days, buy is 10.0% with c and 18.0% with t; no verdict uses these figures.",
            ])
        #expect(MarkdownReport.render(report).contains("| 800, 240 completed |"))
        #expect(HTMLReport.render(report).contains("<span class=\"meta\">240 completed</span>"))
    }

    @Test("nights that were not stored are said, each gap by its days, many by their number")
    func missingNights() {
        #expect(NightlySeries.missing([]) == nil && NightlySeries.missing([20_454, 20_455, 20_456]) == nil)
        #expect(NightlySeries.missing([20_454, 20_456]) == "no night was stored on 2 Jan")
        #expect(
            NightlySeries.missing([20_454, 20_456, 20_459, 20_460])
                == "no night was stored on 2 Jan and from 4 Jan to 5 Jan")
        #expect(
            NightlySeries.missing([20_454, 20_456, 20_458, 20_460, 20_463])
                == "5 nights were not stored, the first on 2 Jan")
    }

    @Test("of what is discarded the two largest reasons are said beside the number")
    func discards() async throws {
        let shop = try await TestStore(.quiet(.enqueued), defining: [Shop.button()])
        try await shop.store.recordExposure(Shop.exposure("ann", second: 100))
        for second in [Int64(1), 2, 3, 200] {
            try await shop.store.recordOutcome(Shop.outcome("ann", second: second))
        }
        for _ in 0..<2 { try await shop.store.recordOutcome(Shop.outcome("bob", second: 200)) }
        let report = Report(try await shop.analyze(), of: "shop.db")
        await shop.store.close()
        let only = try #require(report.experiments.first)
        #expect(
            ExperimentDetails(experiment: only, report: report).outcomesFinding.plain
                == "1 of 6 count; 5 discarded (before the first exposure 3, unit never exposed 2)")
    }

    @Test("a metric whose direction nobody gave says so once, beside what would else look like a gain")
    func remark() async throws {
        let experiment = try Experiment(
            id: "button", variants: Shop.button().design.variants, goals: ["purchase"], plan: ExperimentPlan(days: 0))
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment])
        try await shop.traffic(experiment, users: 3_000, share: [0.2, 0.4])
        let report = Report(try await shop.analyze(), of: "shop.db")
        await shop.store.close()
        let row = try #require(report.experiments.first?.rows.first { $0.metric.metric == "purchase value" })
        #expect(row.reading == "higher")
        let remark = "nobody said that higher is better"
        #expect(row.remark == remark)
        #expect(HTMLReport.render(report).components(separatedBy: "higher<span class=\"meta\"> (\(remark))").count == 2)
        let text = TextReport.render(report).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("purchase value, higher: \(remark)."))
    }
}
