import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentReporting

@Suite("A report as every format shows it")
struct ReportTests {
    /// A clear gain, a clear loss, nothing clear, a broken split, and an experiment that nobody saw.
    private func report() async throws -> Report {
        let names = ["gain", "loss", "even", "split", "nobody"]
        let experiments = try names.map { name in
            try Experiment(
                id: name,
                variants: [
                    VariantDefinition("control", weight: name == "split" ? 9 : 1, isControl: true),
                    VariantDefinition("treatment", weight: 1),
                ], goals: ["purchase"], plan: ExperimentPlan(days: 0),
                startsAt: name == "nobody" ? Date(microsecondsSince1970: Shop.start) : nil)
        }
        let store = try await TestStore(.quiet(.enqueued), defining: experiments)
        try await store.traffic(experiments[0], users: 3_000, share: [0.3, 0.4])
        try await store.traffic(experiments[1], users: 3_000, share: [0.4, 0.3])
        try await store.traffic(experiments[2], users: 600, share: [0.2, 0.2])
        try await store.traffic(experiments[3], users: 600, share: [0.2, 0.2])
        let results = try await store.analyze()
        await store.store.close()
        return Report(results, of: "shop.db")
    }

    @Test("an experiment that waits and has to be looked into is counted under the repairs alone")
    func once() async throws {
        let experiments = try ["mute", "even"].map { name in
            try Experiment(
                id: name,
                variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")],
                goals: ["purchase"])
        }
        let store = try await TestStore(.quiet(.enqueued), defining: experiments)
        try await store.traffic(experiments[0], users: 600, share: [0, 0])
        try await store.traffic(experiments[1], users: 600, share: [0.2, 0.2])
        let report = Report(try await store.analyze(), of: "shop.db")
        await store.store.close()
        #expect(report.experiments.map(\.verdict.kind) == [.wait, .wait])
        // One word, wherever it stands: in no table and on no card it only waits.
        #expect(report.experiments.map(\.result.experiment) == ["mute", "even"])
        #expect(report.experiments.map(\.shortTitle) == ["Look into", "Wait"])
        let page = HTMLReport.render(report)
        #expect(page.components(separatedBy: "Look into</span>").count == 4)
        #expect(MarkdownReport.render(report).contains("| ◌ Look into |"))
        #expect(TextReport.render(report).components(separatedBy: "◌ Look into").count == 4)
        #expect(report.repairs.map(\.experiment) == ["mute"])
        #expect(report.headline.plain == "“mute” needs repair. One more is still running.")
        #expect(report.title.hasSuffix(": repair 1, wait 1"))
    }

    @Test("the headline names what is due and what is broken, and counts what runs on; the index has that order")
    func order() async throws {
        let report = try await report()
        let effects = report.experiments.compactMap(\.decidingRow?.effectText)
        #expect(
            report.headline.plain
                == "Stop treatment in “loss” (purchase \(effects[0])) and ship treatment in “gain” (purchase \(effects[2])). "
                + "“split” needs repair. “nobody” has no exposures yet. One more is still running.", "\(effects)")
        #expect(report.headline.html.markup.contains("<bdi class=\"id named\">split</bdi> needs repair."))
        #expect(report.experiments.map(\.result.experiment) == ["loss", "split", "nobody", "gain", "even"])
        #expect(report.experiments.map(\.verdict.kind) == [.stop, .dontRead, .noData, .ship, .wait])
        #expect(report.title == "Experiments, 7 Jan 2026: stop 1, ship 1, repair 1, wait 1")
        #expect(report.decisions.map(\.experiment) == ["loss", "gain"])
        #expect(report.repairs.map(\.experiment) == ["split"])
        #expect(report.previous == nil && report.changes.isEmpty)
    }

    @Test("every format says the same of an experiment")
    func formats() async throws {
        let report = try await report()
        let gain = try #require(report.experiments.first { $0.result.experiment == "gain" })
        let lift = try #require(gain.decidingRow).liftText
        for text in [
            HTMLReport.render(report), MarkdownReport.render(report), EmailReport.render(report),
            TextReport.render(report),
        ] {
            let headlines = [
                report.headline.plain, report.headline.html.markup, MarkdownText.line(report.headline),
                EmailStyle.phrase(report.headline).markup,
            ]
            #expect(headlines.contains(where: text.contains))
            #expect(text.contains(lift))
            #expect(text.contains("Don’t trust"))
        }
        #expect(
            PrometheusReport.render(report).contains("experiments_verdict{experiment=\"gain\",verdict=\"ship\"} 1"))
    }

    @Test("without a time, an experiment that others outlived has the verdict of the rules on the pages, too")
    func outlived() async throws {
        let experiments = try ["gain", "later"].map { name in
            try Experiment(
                id: name, variants: try Shop.button().design.variants, goals: ["purchase"],
                plan: ExperimentPlan(days: 0))
        }
        let store = try await TestStore(.quiet(.enqueued), defining: experiments)
        try await store.traffic(experiments[0], users: 3_000, share: [0.3, 0.4])
        // A clock that is seventy years ahead.
        try await store.store.recordExposure(Shop.exposure("ann", second: 2_200_000_000, experiment: "later"))
        let results = try await store.analyze()
        await store.store.close()
        let gain = try #require(Report(results, of: "shop.db").experiments.first { $0.result.experiment == "gain" })
        #expect(gain.result.decision.verdict == .ship)
        #expect(gain.verdict.kind == .ship)
    }

    @Test("what must not be read has no reading, no colour and no lift in the index")
    func unread() async throws {
        let page = HTMLReport.render(try await report())
        let cards = page.components(separatedBy: "<article ").dropFirst()
        let sick = try #require(cards.first { $0.contains(">split</bdi>") })
        #expect(sick.contains("<h3>Not to be trusted</h3>"))
        #expect(sick.contains("The split over time"))
        for word in [
            ">better<", ">worse<", "class=\"right lift good", "class=\"right lift bad", ">no clear difference<",
        ] {
            #expect(!sick.contains(word), "\(word)")
        }
        let index = try #require(page.components(separatedBy: "<table class=\"flow list\"").last)
        let line = try #require(index.components(separatedBy: "<tr ").first { $0.contains(">split</bdi>") })
        #expect(line.contains("not shown") && line.contains("a-lift\" role=\"cell\">–</td>"))
    }

    @Test("a terminal without UTF-8 gets ASCII, a narrow one no plots")
    func terminal() async throws {
        let report = try await report()
        let ascii = TextReport.render(report, style: TextStyle(isASCII: true))
        #expect(!ascii.unicodeScalars.contains { !$0.isASCII })
        #expect(ascii.contains("[!] Stop: harm") && ascii.contains("[+] Ship"))
        let narrow = TextReport.render(report, style: TextStyle(width: 60))
        #expect(!narrow.contains("━"))
        for width in [72, 80, 100, 120] {
            let lines = TextReport.render(report, style: TextStyle(width: width)).split(separator: "\n")
            #expect(lines.filter { $0.count > width } == [])
            // A column that goes takes its head with it.
            for (head, row) in zip(lines, lines.dropFirst()) {
                guard let column = head.range(of: "  result") else { continue }
                #expect(row.count > head.distance(from: head.startIndex, to: column.lowerBound))
            }
        }
        #expect(TextReport.render(report, style: TextStyle(width: 80)).contains("  result"))
        #expect(!TextReport.render(report).contains("\u{1b}"))
        #expect(TextReport.render(report, style: TextStyle(isColored: true)).contains("\u{1b}[31m"))
    }

    @Test("a phrase keeps names apart from words")
    func phrases() {
        #expect(("Stop \(experiment: "harm")." as MarkedText).plain == "Stop “harm”.")
        let phrase: MarkedText = "With \(name: "<b>" as MetricName), \("5")% of \(code: "x|y") moved."
        #expect(phrase.plain == "With <b>, 5% of x|y moved.")
        #expect(
            phrase.html.markup == "With <bdi class=\"id\">&lt;b&gt;</bdi>, 5% of <code>x|y</code> moved.")
        #expect(MarkdownText.line(phrase) == "With `<b>`, 5% of `x\\|y` moved.")
        #expect(MarkedText.list(["a", "b", "c"]).plain == "a, b and c")
    }
}
