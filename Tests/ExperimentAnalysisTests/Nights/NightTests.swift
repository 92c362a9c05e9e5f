import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Stored nights")
struct NightTests {
    private static let day: Int64 = 86_400_000_000

    /// A night of the button's experiment, its treatment's mean higher by some effect.
    private func night(
        _ date: String, effect: Double, metrics: [MetricName] = ["revenue"], units: Int = 200,
        alarms: [Night.Alarm] = ["crossovers", "imbalance"]
    ) -> Night {
        let number = Int64(RFC3339.dayNumber(date) ?? 0)
        let rows = metrics.flatMap { metric in
            let means: [(VariantName, Double)] = [("control", 5), ("treatment", 5 + effect)]
            return means.map { variant, mean in
                Night.Result(
                    metric: metric, kind: "numeric", aggregation: "sum", variantID: variant, unitsWithOutcome: units,
                    sum: mean * Double(units), mean: mean, variance: 4, skewness: 0)
            }
        }
        let experiment = Night.Experiment(
            experiment: "button", phase: 1, status: "running", counts: (400, 0, 400, 400), sampleRatioPValue: 1,
            decision: "ship", decisionVariantID: "treatment", alarms: alarms,
            variants: [
                Night.Variant(variantID: "control", isControl: true, units: units),
                Night.Variant(variantID: "treatment", isControl: false, units: units),
            ], results: rows)
        return Night(
            date: date, asOfMicroseconds: (number + 1) * Self.day, last: (1, 1), crossovers: "exclude",
            confidence: 0.95, experiments: [experiment])
    }

    private func shop() async throws -> (TestStore, ExperimentAdministrator) {
        let shop = try await TestStore(.quiet(.processCrash))
        for user in 0..<400 {
            let name = "u\(user)"
            try await shop.store.recordExposure(Shop.exposure(name, user % 2 == 0 ? "control" : "treatment"))
            try await shop.store.recordOutcome(Shop.outcome(name, .numeric(Double(user % 7)), second: 1))
            try await shop.store.recordOutcome(
                Shop.outcome(name, .numeric(Double(user % 5)), second: 1, metric: "profit"))
        }
        return (shop, try ExperimentAdministrator.open(at: shop.path))
    }

    @Test("a night is stored once a date, and never changed, whatever a second run saw")
    func once() async throws {
        let (shop, administrator) = try await shop()
        #expect(try administrator.store(night("2026-01-02", effect: 1)))
        #expect(try !administrator.store(night("2026-01-02", effect: 9)))
        #expect(try administrator.nights() == ["2026-01-02"])
        #expect(try shop.rows("SELECT mean FROM nightly_results ORDER BY variant_id") == ["5.0", "6.0"])
        #expect(
            try shop.rows("SELECT date, decision, variant_id, alarms FROM nightly_decisions")
                == ["2026-01-02|ship|treatment|[\"crossovers\",\"imbalance\"]"])
    }

    @Test("the series is what the nights saw, and its running p-value the smallest of them")
    func series() async throws {
        let (shop, administrator) = try await shop()
        for (date, effect) in [("2026-01-03", 0.9), ("2026-01-02", 0.2), ("2026-01-05", 0.5)] {
            #expect(try administrator.store(night(date, effect: effect)))
        }
        let result = try await shop.result()
        let revenue = try #require(result.metrics.first { $0.metric == "revenue" })
        let history = revenue.comparisons[0].history
        #expect(history.looks.map(\.day) == [20_455, 20_456, 20_458])
        let looks = [0.2, 0.9, 0.5].map { effect in
            // Neither of two metrics decides: a finding that stays is asked at half of the level.
            ConfidenceSequence(level: 0.05 / 2).compare(
                .means(
                    control: Aggregate(count: 200, mean: 5, variance: 4),
                    treatment: Aggregate(count: 200, mean: 5 + effect, variance: 4)))
        }
        #expect(history.looks.map(\.inference) == looks)
        #expect(history.running.pValue == looks[1].pValue)
        #expect(result.nights.map(\.units) == [[200, 200], [200, 200], [200, 200]])
        #expect(result.nights[0].alarms.map(\.name) == ["crossovers", "imbalance"])
        #expect(result.nights[0].verdict == .ship)
        #expect(result.metrics.first { $0.metric == "profit" }?.comparisons[0].history.looks == [])
    }

    @Test("an alarm is stored with what it is about, whatever that is called, and SQL still finds its name")
    func subjects() async throws {
        let (shop, administrator) = try await shop()
        let (metric, variant): (MetricName, VariantName) = ("a \"b\", [c] \\", "e\u{301}")
        let alarms = [
            Night.Alarm(name: "imbalance", metric: metric, variantID: variant), "crossovers",
            Night.Alarm(name: "imbalance", metric: "x", variantID: "y"),
            Night.Alarm(name: "differential_discards", variantID: "z", detail: "crossover"),
        ]
        _ = try administrator.store(night("2026-01-02", effect: 1, alarms: alarms))
        _ = try administrator.store(night("2026-01-03", effect: 1, alarms: ["imbalance"]))
        let nights = try await shop.result().nights
        #expect(nights[0].alarms.map(\.name) == ["imbalance", "crossovers", "imbalance", "differential_discards"])
        func isStored(_ problem: HealthProblem, night: Int = 0) -> Bool {
            nights[night].alarms.contains(NightAlarm(problem))
        }
        #expect(isStored(.imbalance(metric: metric, variantID: variant, pValue: 0.1)))
        #expect(!isStored(.imbalance(metric: metric, variantID: "\u{e9}", pValue: 0.1)))
        #expect(isStored(.imbalance(metric: "x", variantID: "y", pValue: 0.1)))
        #expect(!isStored(.imbalance(metric: "x", variantID: "z", pValue: 0.1)))
        #expect(isStored(.crossovers(share: 0.5)))
        #expect(isStored(.differentialDiscards(reason: .crossover, variantID: "z", pValue: 0.1)))
        #expect(!isStored(.differentialDiscards(reason: .beforeExposure, variantID: "z", pValue: 0.1)))
        #expect(
            try shop.rows(
                """
                SELECT date, count(*) FROM nightly_decisions, json_each(alarms) WHERE value = 'imbalance'
                GROUP BY date ORDER BY date
                """) == ["2026-01-02|2", "2026-01-03|1"])
    }

    @Test("as of a time, later nights do not exist, and nights below a hundred units have no interval")
    func limits() async throws {
        let (shop, administrator) = try await shop()
        _ = try administrator.store(night("2026-01-02", effect: 1, units: 99))
        _ = try administrator.store(night("2026-01-03", effect: 1))
        let before = try await shop.result { $0.asOfMicroseconds = 20_456 * Self.day }
        #expect(before.nights.map(\.day) == [20_455])
        #expect(before.metrics.first { $0.metric == "revenue" }?.comparisons[0].history.looks[0].inference == nil)
    }

    @Test("a metric that nights did not know is added to them, and nothing that they knew changes")
    func complete() async throws {
        let (shop, administrator) = try await shop()
        _ = try administrator.store(night("2026-01-02", effect: 1))
        let again = night("2026-01-02", effect: 7, metrics: ["revenue", "profit"])
        #expect(try administrator.complete(again) == 2)
        #expect(try administrator.complete(again) == 0)
        #expect(try administrator.complete(night("2026-01-09", effect: 7)) == 0)
        #expect(
            try shop.rows("SELECT metric, mean FROM nightly_results ORDER BY metric, variant_id")
                == ["profit|5.0", "profit|12.0", "revenue|5.0", "revenue|6.0"])
    }

    @Test("days of the calendar, and nothing else, have a number")
    func days() {
        #expect(RFC3339.dayNumber("1970-01-01") == 0)
        #expect(RFC3339.dayNumber("2000-02-29") == 11_016)
        #expect(RFC3339.dayNumber("2026-12-31").map(RFC3339.day) == "2026-12-31")
        for text in ["2026-02-29", "2026-13-01", "2026-1-01", "2026-01-1", "x", "", "+026-01-01", "2026-01-01T"] {
            #expect(RFC3339.dayNumber(text) == nil)
        }
    }
}
