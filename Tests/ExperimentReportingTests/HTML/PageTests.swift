import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentReporting

@Suite("The report as a page")
struct PageTests {
    private func experiments(_ names: [String], variants: Int = 2) throws -> [Experiment] {
        try names.enumerated().map { index, name in
            try Experiment(
                id: name,
                variants: (0..<variants).map { number in
                    let variant =
                        number == 0 ? "control" : number == 1 ? names[(index + 1) % names.count] : "v\(number)"
                    return VariantDefinition(variant, weight: 1, isControl: number == 0)
                }, goals: ["purchase"], guardrails: [Guardrail(metric: "purchase value", margin: 0.1)])
        }
    }

    private func results(_ names: [String], variants: Int = 2, users: Int = 300) async throws -> AnalysisResults {
        let experiments = try experiments(names, variants: variants)
        let store = try await TestStore(.quiet(.enqueued), defining: experiments)
        for experiment in experiments {
            try await store.traffic(experiment, users: users, metrics: ["purchase"] + names.suffix(1))
        }
        let results = try await store.analyze()
        await store.store.close()
        return results
    }

    @Test("names are text wherever they stand, and nothing is loaded or run")
    func hostile() async throws {
        let names = Shop.hostileNames
        let page = HTMLReport.render(Report(try await results(names, users: 60), of: "a'b \"c\" <d>.db"))
        for markup in ["<script", "<img", "<b>bold", "</title></style>", "javascript:", "http://", "https://", "url("] {
            #expect(!page.contains(markup), "\(markup)")
        }
        for name in names { #expect(page.contains(HTML(text: name).markup), "\(name)") }
        #expect(page.contains("content=\"default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;\""))
        // Anchors never hold a name.
        let anchors = page.components(separatedBy: " id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
        #expect(Set(anchors).count == anchors.count)
        #expect(anchors.allSatisfy { $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } })
    }

    @Test("the same results make the same bytes")
    func determinism() async throws {
        let results = try await results(["a", "b"])
        #expect(
            HTMLReport.render(Report(results, of: "shop.db")) == HTMLReport.render(Report(results, of: "shop.db")))
    }

    @Test("a file without experiments says how to make one")
    func empty() async throws {
        let page = HTMLReport.render(Report(try await results([]), of: "shop.db"))
        #expect(page.contains("<h1>No experiments yet.</h1>"))
        #expect(page.contains("experiments apply definitions.toml --database shop.db"))
    }

    @Test("a comparison without a p-value is left out of the adjustment, and only then the report says so")
    func leftOut() async throws {
        let experiment = try experiments(["first"], variants: 2)[0]
        let store = try await TestStore(.quiet(.enqueued), defining: [experiment])
        try await store.traffic(experiment, users: 400)
        func reports() async throws -> (text: String, page: String) {
            let report = Report(try await store.analyze { $0.segmentAttribute = "country" }, of: "shop.db")
            return (TextReport.render(report, style: TextStyle(width: 80)), HTMLReport.render(report))
        }
        let before = try await reports()
        #expect(!before.text.contains("without a p-value") && !before.page.contains("without a p-value"))
        #expect(before.page.contains("of 2 comparisons; two p-values, corrected for one another"))
        for user in 0..<400 {
            try await store.store.recordOutcome(
                Shop.outcome(
                    "first user \(user)", .count(1), second: 900_000, experiment: "first", metric: "visits"))
        }
        let after = try await reports()
        let sentence = "1 comparison without a p-value is left out when the others are corrected."
        // Once for the experiment, once for its one segment.
        #expect(after.text.components(separatedBy: "\n  \(sentence)\n").count == 3)
        #expect(after.page.components(separatedBy: sentence).count == 3)
        #expect(after.page.contains("of 3 comparisons; two p-values, corrected for one another"))
        await store.store.close()
    }

    @Test("every number of the effects is the JSON's, in full and as it is shown", arguments: [2, 4])
    func numbers(_ variants: Int) async throws {
        let results = try await results(["first", "second", "third"], variants: variants)
        let page = HTMLReport.render(Report(results, of: "shop.db"))
        let cards = page.components(separatedBy: "<article ").dropFirst()
        let json = try JSONNumbers(results)
        #expect(cards.count == 3)
        var compared = 0
        for experiment in json.experiments {
            let card = try #require(cards.first { $0.contains("<h2><bdi class=\"id\">\(experiment.experiment)</bdi>") })
            let table = try #require(card.components(separatedBy: "<table class=\"flow plotted\"").dropFirst().first)
                .components(separatedBy: "</table>")[0]
            let shown = table.components(separatedBy: "<tr ").map(data).filter { !$0.isEmpty }
            let expected = experiment.ordered.flatMap { metric in metric.comparisons.map { numbers($0, metric) } }
            #expect(shown.map { $0.map(\.value) } == expected)
            compared += expected.reduce(0) { $0 + $1.count }
        }
        #expect(compared > 20 * variants)
        for (value, text) in data(page) where text != "–" {
            if text.hasPrefix("over") || text.hasPrefix("below") { continue }
            let number = try #require(ShownNumber(text), "\(text)")
            // The lower end of an interval leaves the % to the upper.
            #expect(number.stands(for: value) || number.stands(for: value * 100), "\(text) for \(value)")
        }
    }

    @Test("every number anywhere on the page is one of the JSON's, and the books are the JSON's line by line")
    func everyNumber() async throws {
        let experiments = try experiments(["first", "second"], variants: 3)
        let store = try await TestStore(.quiet(.enqueued), defining: experiments)
        for experiment in experiments { try await store.traffic(experiment, users: 400) }
        let nightly = try NightlyAnalysis(databaseAt: store.path)
        for day in 20_455...20_458 {
            let seen = try await store.analyze { $0.asOfMicroseconds = Int64(day + 1) * 86_400_000_000 }
            #expect(try nightly.store(seen, day: day))
        }
        let results = try await store.analyze { $0.segmentAttribute = "country" }
        await store.store.close()
        let page = HTMLReport.render(Report(results, of: "shop.db"))
        // The days so far are counted from the JSON's list of them.
        let known = Set(
            try JSONValues(JSONReport.render(results)).numbers + results.experiments.map { Double($0.days.count) })
        let shown = data(page)
        #expect(shown.count > 150)
        let strangers = shown.filter { !known.contains($0.value) }.map { "\($0.value), shown as \($0.text)" }
        #expect(strangers == [])
        for (card, experiment) in zip(page.components(separatedBy: "<article ").dropFirst(), results.experiments) {
            let books = try #require(card.components(separatedBy: "aria-label=\"Discarded outcomes\"").last)
                .components(separatedBy: "</table>")[0]
            let all = books.components(separatedBy: "<tr").map(data).compactMap(\.first?.value)
            let outcomes = experiment.outcomes
            let expected = DiscardReason.allCases.map { outcomes.discarded($0) } + [outcomes.kept, outcomes.total]
            #expect(all == expected.map(Double.init))
            #expect(outcomes.discarded(.beforeExposure) > 0)
        }
        for (card, experiment) in zip(
            page.components(separatedBy: "<article ").dropFirst(), try JSONNumbers(results).experiments)
        {
            #expect(experiment.variants.reduce(0) { $0 + $1.outcomesKept } == experiment.outcomes.kept)
            let lines = card.components(separatedBy: "<tr")
            let kept = try #require(lines.first { $0.contains(">Kept</th>") })
            #expect(data(kept).dropFirst().map(\.value) == experiment.variants.map { Double($0.outcomesKept) })
            let all = try #require(lines.first { $0.contains(">All outcomes</th>") })
            for variant in experiment.variants {
                let total = variant.discarded.values.reduce(variant.outcomesKept) { $0 + $1.outcomes }
                #expect(all.contains(">\(NumberText.count(total))</td>"))
            }
        }
    }

    /// Means, and the lift that decides with the ends of both its intervals, as far as they are there.
    private func numbers(_ comparison: JSONNumbers.Comparison, _ metric: JSONNumbers.Metric) -> [Double] {
        let treatment = metric.variants.first { $0.variantId == comparison.variantId }
        let adjusted = comparison.alwaysValidBasis == "adjusted" ? comparison.covariateAdjusted : nil
        let (lift, interval) =
            adjusted.map { ($0.lift, $0.liftInterval) } ?? (comparison.lift, comparison.liftInterval)
        let first = [metric.variants[0].mean, treatment?.mean, lift].compactMap(\.self)
        return first + (interval ?? []) + (comparison.alwaysValid?.liftInterval ?? [])
    }

    /// The numbers of a piece of a page: in full, and as they are shown.
    private func data(_ markup: String) -> [(value: Double, text: String)] {
        markup.components(separatedBy: "<data value=\"").dropFirst().compactMap { piece in
            let value = piece.prefix { $0 != "\"" }
            let text = piece.dropFirst(value.count + 2).prefix { $0 != "<" }
            return Double(value).map { ($0, String(text)) }
        }
    }
}
