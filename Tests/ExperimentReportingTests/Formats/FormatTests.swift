import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentReporting

@Suite("The other dresses of the report")
struct FormatTests {
    func report(
        _ names: [String], users: Int = 300, variants: Int = 2, share: [Double] = [0.2, 0.3]
    ) async throws -> Report {
        let experiments = try names.map { name in
            try Experiment(
                id: name,
                variants: (0..<variants).map { number in
                    VariantDefinition(number == 0 ? "control" : name, weight: 1, isControl: number == 0)
                }, goals: [name])
        }
        let store = try await TestStore(.quiet(.enqueued), defining: experiments)
        for experiment in experiments {
            try await store.traffic(experiment, users: users, metrics: [experiment.id.text], share: share)
        }
        let results = try await store.analyze()
        await store.store.close()
        return Report(results, of: "shop.db")
    }

    // MARK: Markdown

    @Test("Markdown has one line an experiment, with the JSON's numbers at the precision shown")
    func markdownNumbers() async throws {
        let report = try await report(["one", "two", "three"])
        let lines = MarkdownReport.render(report).split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
        let json = try JSONNumbers(report.results)
        #expect(lines.count == 3)
        for experiment in json.experiments {
            let line = try #require(lines.first { $0.contains("`\(experiment.experiment)`") })
            let cells = line.components(separatedBy: " | ").map { $0.replacingOccurrences(of: "*", with: "") }
            let metric = experiment.ordered[0]
            let comparison = metric.comparisons[0]
            let means = cells[2].components(separatedBy: " → ")
            #expect(try shown(means[0]).stands(for: try #require(metric.variants[0].mean)))
            #expect(try shown(means[1]).stands(for: try #require(metric.variants[1].mean)))
            #expect(try shown(cells[3]).stands(for: try #require(comparison.lift)))
            let ends = cells[5].components(separatedBy: " to ")
            let interval = try #require(comparison.alwaysValid?.liftInterval)
            #expect(try shown(ends[0] + "%").stands(for: interval[0]))
            #expect(try shown(ends[1]).stands(for: interval[1]))
            #expect(cells[6] == NumberText.count(experiment.variants.reduce(0) { $0 + $1.units }))
        }
    }

    private func shown(_ text: String) throws -> ShownNumber { try #require(ShownNumber(text), "\(text)") }

    @Test("in Markdown a hostile name stays in its cell and its code span")
    func markdownNames() async throws {
        let report = try await report(Shop.hostileNames, users: 20)
        for line in MarkdownReport.render(report).split(separator: "\n") where line.hasPrefix("| ") {
            // Bars that are not escaped separate nine places: eight cells.
            let bars = line.indices.filter {
                line[$0] == "|" && ($0 == line.startIndex || line[line.index(before: $0)] != "\\")
            }
            #expect(bars.count == 9, "\(line)")
        }
        #expect(MarkdownText.code("a`b``c") == "```a`b``c```")
        #expect(MarkdownText.code("`a|b`") == "`` `a\\|b` ``")
        #expect(MarkdownText.escaped("<b>*x* [y](z) a|b") == "\\<b\\>\\*x\\* \\[y\\](z) a\\|b")
        #expect(MarkdownText.line("a \(name: "x\ny" as MetricName) b") == "a `x\u{fffd}y` b")
    }

    // MARK: Mail

    @Test("a mail has no style sheet, no picture, nothing to load, and its names are text")
    func mail() async throws {
        let mail = EmailReport.render(try await report(Shop.hostileNames, users: 20))
        for markup in ["<style", "<svg", "<img", "<script", "<link", "http://", "https://", "url(", " class="] {
            #expect(!mail.contains(markup), "\(markup)")
        }
        for name in Shop.hostileNames { #expect(mail.contains(HTML(text: name).markup), "\(name)") }
    }

    @Test("a mail stays below 100 KB, and says what it leaves out")
    func longMail() async throws {
        let mail = EmailReport.render(try await report((0..<90).map { "experiment \($0)" }, users: 4))
        #expect(mail.utf8.count <= EmailReport.limit)
        #expect(mail.contains(" more in the full report."))
        let short = EmailReport.render(try await report(["one"], users: 4))
        #expect(!short.contains(" more in the full report."))
    }

    // MARK: Prometheus

    @Test("each line of the Prometheus file is a comment or a sample with escaped labels")
    func prometheus() async throws {
        let text = PrometheusReport.render(try await report(["a", "b \"c\" \\d"], users: 20))
        let sample = /[a-z_]+(\{([a-z_]+="([^"\\]|\\["\\n])*",?)+\})? -?[0-9.e+-]+/
        for line in text.split(separator: "\n") where !line.hasPrefix("# ") {
            #expect(try sample.wholeMatch(in: line) != nil, "\(line)")
        }
        #expect(text.contains("experiments_trustworthy{experiment=\"b \\\"c\\\" \\\\d\"} 1\n"))
        #expect(text.contains("experiments_units_analysed{experiment=\"a\"} 20\n"))
        let helps = text.split(separator: "\n").filter { $0.hasPrefix("# HELP") }.map { $0.split(separator: " ")[2] }
        #expect(Set(helps).count == helps.count)
        #expect(text.hasSuffix("\n"))
    }

    // MARK: CSV

    @Test("CSV has a row an experiment, metric and variant, with the JSON's numbers in full")
    func csv() async throws {
        let report = try await report(["one", "two"], variants: 2)
        let lines = CSVReport.render(report.results).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let column = Dictionary(uniqueKeysWithValues: lines[0].enumerated().map { ($1, $0) })
        func cell(_ row: [String], _ name: String) throws -> Double? { Double(row[try #require(column[name])]) }
        var rows = lines.dropFirst()
        for experiment in try JSONNumbers(report.results).experiments {
            for metric in experiment.metrics {
                for variant in metric.variants {
                    let row = rows.removeFirst()
                    #expect(row[0] == experiment.experiment)
                    #expect(try cell(row, "mean") == variant.mean)
                    guard let comparison = metric.comparisons.first(where: { $0.variantId == variant.variantId }) else {
                        #expect(try cell(row, "lift") == nil)
                        continue
                    }
                    #expect(try cell(row, "lift") == comparison.lift)
                    #expect(try cell(row, "lift_lower") == comparison.liftInterval?[0])
                    #expect(try cell(row, "lift_upper") == comparison.liftInterval?[1])
                    #expect(try cell(row, "p_value") == comparison.pValue)
                    #expect(try cell(row, "adjusted_p_value") == comparison.adjustedPValue)
                    #expect(try cell(row, "always_valid_lift_lower") == comparison.alwaysValid?.liftInterval?[0])
                    #expect(try cell(row, "always_valid_lift_upper") == comparison.alwaysValid?.liftInterval?[1])
                    #expect(try cell(row, "chance_to_win") == comparison.posterior?.chanceToWin)
                }
            }
        }
        #expect(rows.isEmpty)
    }

    @Test("in CSV an experiment of which no outcome counts has a row a variant, its metric's cells empty")
    func csvWithoutMetrics() async throws {
        let experiment = try Experiment(
            id: "new", variants: [VariantDefinition("control", isControl: true), VariantDefinition("b")])
        let store = try await TestStore(.quiet(.enqueued), defining: [experiment])
        try await store.traffic(experiment, users: 301, metrics: [])
        let lines = CSVReport.render(try await store.analyze()).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        await store.store.close()
        try #require(lines.count == 3)
        let rows = lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)).filter { $1 != "" } }
        let shared = [
            "experiment": "new", "phase": "1", "experiment_status": "running", "trustworthy": "true",
            "sample_ratio_mismatch": "false",
        ]
        let control = ["variant_id": "control", "is_control": "true", "units": "151"]
        #expect(rows[0] == shared.merging(control) { $1 })
        #expect(rows[1] == shared.merging(["variant_id": "b", "is_control": "false", "units": "150"]) { $1 })
        #expect(lines.allSatisfy { $0.count == lines[0].count })
    }

    @Test("in CSV a name that a spreadsheet would compute is led by an apostrophe, and quoted where it must be")
    func formulas() async throws {
        let names = ["=1+1", "+1", "-1", "@x", "  =2", "a,b", "a\"b"]
        let text = CSVReport.render(try await report(names, users: 4).results)
        let firsts = text.split(separator: "\n").dropFirst().map { String($0) }
        for safe in ["'=1+1,", "'+1,", "'-1,", "'@x,", "'  =2,", "\"a,b\",", "\"a\"\"b\","] {
            #expect(firsts.contains { $0.hasPrefix(safe) }, "\(safe)")
        }
    }
}
