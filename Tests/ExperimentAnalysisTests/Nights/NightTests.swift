import ExperimentDatabase
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentAnalysis

@Suite("Stored nights")
struct NightTests {
    /// The second of January 2026, the day after the shop's events.
    private static let second = 20_455

    private static func end(of day: Int) -> Int64 { Int64(day + 1) * 86_400_000_000 }

    private func shop(_ count: Int = 400) async throws -> TestStore {
        let shop = try await TestStore(.quiet(.processCrash))
        for user in 0..<count {
            let name = "u\(user)"
            try await shop.store.recordExposure(Shop.exposure(name, user % 2 == 0 ? "control" : "treatment"))
            try await shop.store.recordOutcome(Shop.outcome(name, .numeric(Double(user % 7)), second: 1))
            try await shop.store.recordOutcome(
                Shop.outcome(name, .numeric(Double(user % 5)), second: 1, metric: "profit"))
        }
        try await shop.store.flush()
        return shop
    }

    /// Writes a night of the button's experiment by hand, its treatment's mean of revenue higher by some effect.
    private func write(
        _ date: String, effect: Double = 1, units: Int = 200, alarms: [NightAlarm] = [], in shop: TestStore
    ) throws {
        let connection = try Connection.open(shop.path, .readWrite)
        let day = try #require(CivilDate(date)).number
        try connection.run(
            "INSERT INTO night VALUES (NULL, ?1, ?2, 1, 1, 0, 'exclude', 0.95, 0)", date, Self.end(of: day))
        let night = connection.lastInsertRowID
        try connection.run(
            "INSERT INTO night_experiment VALUES (?1, 1, 1, 'running', 400, 0, 400, 400, 1.0, 'ship', 2)", night)
        for (position, alarm) in alarms.enumerated() {
            try connection.run(
                "INSERT INTO night_alarm VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6)", night, position, alarm.name, alarm.metric,
                alarm.variantID, alarm.detail)
        }
        for (variant, mean) in [(1, 5), (2, 5 + effect)] {
            try connection.run(
                "INSERT INTO night_variant VALUES (?1, 1, ?2, ?3, ?4)", night, variant, variant == 1, units)
            try connection.run(
                """
                INSERT INTO night_result
                SELECT ?1, 1, metric_id, ?2, 'sum', ?3, ?3, ?4, ?5, 4.0, 0.0, NULL, NULL, NULL, NULL, NULL
                FROM metric_definition WHERE name = 'revenue'
                """, night, variant, units, mean * Double(units), mean)
        }
    }

    // MARK: What was told

    @Test("an alarm is told by another that the same fault shows as, and a gap by the silence that it was")
    func told() {
        let (split, cell) = (
            NightAlarm(.sampleRatioMismatch),
            NightAlarm(name: "split_in_cell", metric: nil, variantID: nil, detail: nil)
        )
        let imbalance = NightAlarm(.imbalance(metric: "revenue", variantID: "t", pValue: 0))
        let discards = { NightAlarm(.differentialDiscards(reason: $0, variantID: $1, pValue: 0)) }
        #expect(cell.tells(split) && split.tells(cell) && split.tells(split) && !split.tells(imbalance))
        #expect(imbalance.tells(discards(.beforeExposure, "t")) && discards(.beforeExposure, "t").tells(imbalance))
        #expect(!imbalance.tells(discards(.beforeExposure, "u")) && !imbalance.tells(discards(.crossover, "t")))
        #expect(!imbalance.tells(NightAlarm(.imbalance(metric: "clicks", variantID: "t", pValue: 0))))

        let silence = NightAlarm(.silentVariant(metric: "buy", variantID: "t", expected: 9))
        let nights = [20, 21].map {
            NightSummary(day: $0, verdict: .doNotRead, variantID: nil, alarms: [silence], units: [])
        }
        let gap = { HealthProblem.gapInVariant(metric: "buy", variantID: "t", day: $0, days: 3, expected: 30) }
        #expect(nights.tell(gap(20), on: 30...32, through: 32) && nights.tell(gap(18), on: 30...32, through: 32))
        #expect(!nights.tell(gap(22), on: 30...32, through: 32) && !nights.tell(gap(17), on: 30...32, through: 32))
        #expect(!nights.tell(gap(20), on: 17...19, through: 19), "nobody was told of the nights made up for")
        #expect(!nights.tell(.sampleRatioMismatch, on: 20...21, through: 21))
    }

    // MARK: Writing

    @Test("a night is stored once a date, and never changed, whatever a second run saw")
    func once() async throws {
        let shop = try await shop()
        let nightly = try NightlyAnalysis(databaseAt: shop.path)
        let first = try await shop.analyze()
        #expect(try nightly.store(first, day: Self.second))
        let rows = try shop.rows("SELECT metric, variant_id, mean FROM nightly_results ORDER BY metric, variant_id")
        #expect(rows.count == 4)
        try await shop.store.recordOutcome(Shop.outcome("u0", .numeric(99), second: 1))
        let other = try await shop.analyze()
        #expect(try !nightly.store(other, day: Self.second))
        #expect(try nightly.storedDays() == [Self.second])
        #expect(
            try shop.rows("SELECT metric, variant_id, mean FROM nightly_results ORDER BY metric, variant_id") == rows)
    }

    @Test("a report is what its night stored: one analysis, of one moment, with the night as its last")
    func oneMoment() async throws {
        let shop = try await shop()
        // Some saw both variants, which is an alarm.
        for user in 0..<40 { try await shop.store.recordExposure(Shop.exposure("u\(user)", "control", second: 2)) }
        try await shop.store.flush()
        let nightly = try NightlyAnalysis(databaseAt: shop.path)
        var analyses = 0
        let (results, before) = try nightly.run(day: Self.second) {
            if case .analyzing(_, .exposures) = $0 { analyses += 1 }
        }
        #expect(analyses == 1 && before == nil)
        #expect(
            try shop.rows("SELECT last_exposure, last_outcome FROM night")
                == ["\(results.through.exposure)|\(results.through.outcome)"])
        let night = try #require(results.experiments[0].nights.last)
        #expect(night.day == Self.second && night.verdict == results.experiments[0].decision.verdict)
        let alarms = results.experiments[0].problems.filter(\.isAlarm).map { NightAlarm($0) }
        #expect(night.alarms == alarms && alarms.map(\.name).contains("crossovers"))
        #expect(
            try shop.rows("SELECT decision FROM nightly_decisions")
                == [results.experiments[0].decision.verdict.rawValue])
        let names = "SELECT value FROM nightly_decisions, json_each(alarms) ORDER BY json_each.key"
        #expect(try shop.rows(names) == alarms.map(\.name))
        let again = try await shop.analyze { $0.asOfMicroseconds = Self.end(of: Self.second) }
        #expect(again == results)
    }

    @Test("a day that no file can hold is refused by a rule, as by a clock that has jumped; nothing is stored")
    func impossibleDay() async throws {
        let shop = try await shop(4)
        let nightly = try NightlyAnalysis(databaseAt: shop.path)
        // The last day of the year 9999 ends where the file's times do.
        for day in [2_932_896, 3_000_000, -2] {
            let error = #expect(throws: ExperimentError.self) { _ = try nightly.run(day: day) }
            guard case .invalidContext(let input) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect("\(input)".contains("must end within the years 1970 to 9999"))
        }
        #expect(try shop.number("SELECT count(*) FROM night") == 0)
    }

    @Test("missed nights are stored too, one analysis each, and a later run adds its own to theirs")
    func missed() async throws {
        let shop = try await shop()
        let nightly = try NightlyAnalysis(databaseAt: shop.path)
        _ = try nightly.run(day: Self.second)
        var days: [Int] = []
        let (results, before) = try nightly.run(day: Self.second + 3) {
            if case .analyzing(let day, .exposures) = $0 { days.append(day) }
        }
        #expect(days == [Self.second + 1, Self.second + 2, Self.second + 3] && before == Self.second)
        #expect(try nightly.storedDays() == Array(Self.second...Self.second + 3))
        #expect(results.experiments[0].nights.map(\.day) == Array(Self.second...Self.second + 3))
        let again = try await shop.analyze { $0.asOfMicroseconds = Self.end(of: Self.second + 3) }
        #expect(again == results)
        let rerun = try nightly.run(day: Self.second + 3)
        #expect(rerun.results == results && rerun.reportedBefore == Self.second + 2)
    }

    @Test("one run is at work on a file at a time")
    func lock() async throws {
        let shop = try await shop(4)
        let nightly = try NightlyAnalysis(databaseAt: shop.path)
        let error = #expect(throws: ExperimentError.self) { try NightlyAnalysis(databaseAt: shop.path) }
        #expect("\(try #require(error))".contains("another nightly run is at work"))
        #expect(try nightly.storedDays() == [])
    }

    @Test("a metric that nights did not know is added to them, and nothing that they knew changes")
    func complete() async throws {
        let shop = try await shop()
        let nightly = try NightlyAnalysis(databaseAt: shop.path)
        _ = try nightly.run(day: Self.second)
        let known = "SELECT metric, variant_id, mean FROM nightly_results WHERE metric <> 'late' ORDER BY date, 1, 2"
        let rows = try shop.rows(known)
        for user in 0..<400 {
            try await shop.store.recordOutcome(Shop.outcome("u\(user)", second: 2, metric: "late"))
            try await shop.store.recordOutcome(Shop.outcome("u\(user)", .numeric(50), second: 2))
        }
        try await shop.store.flush()
        var added: [Int] = []
        for _ in 0..<2 {
            let (results, _) = try nightly.run(day: Self.second + 1, completing: true) {
                if case .completed(_, let count) = $0 { added.append(count) }
            }
            let late = try #require(results.experiments[0].metrics.first { $0.metric == "late" })
            #expect(late.comparisons[0].history.looks.map(\.day) == [Self.second, Self.second + 1])
        }
        #expect(added == [2])
        #expect(try shop.rows(known + " LIMIT 4") == rows)
    }

    // MARK: EffectReading

    @Test("the series is what the nights saw, and its running p-value the smallest of them")
    func series() async throws {
        let shop = try await shop()
        let alarms = ["crossovers", "imbalance"].map { NightAlarm(name: $0, metric: nil, variantID: nil, detail: nil) }
        for (date, effect) in [("2026-01-03", 0.9), ("2026-01-02", 0.2), ("2026-01-05", 0.5)] {
            try write(date, effect: effect, alarms: alarms, in: shop)
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
        #expect(result.nights[0].alarms == alarms)
        #expect(result.nights[0].verdict == .ship)
        #expect(result.metrics.first { $0.metric == "profit" }?.comparisons[0].history.looks == [])
    }

    @Test("an alarm is known by what it is about, whatever that is called, and SQL still finds its name")
    func subjects() async throws {
        let shop = try await shop()
        let (metric, variant): (MetricName, VariantName) = ("a \"b\", [c] \\", "e\u{301}")
        let problems: [HealthProblem] = [
            .imbalance(metric: metric, variantID: variant, pValue: 0.1), .crossovers(share: 0.5),
            .imbalance(metric: "x", variantID: "y", pValue: 0.1),
            .differentialDiscards(reason: .crossover, variantID: "z", pValue: 0.1),
        ]
        try write("2026-01-02", alarms: problems.map { NightAlarm($0) }, in: shop)
        try write(
            "2026-01-03", alarms: [NightAlarm(name: "imbalance", metric: nil, variantID: nil, detail: nil)], in: shop)
        let nights = try await shop.result().nights
        #expect(nights[0].alarms.map(\.name) == ["imbalance", "crossovers", "imbalance", "differential_discards"])
        func isStored(_ problem: HealthProblem) -> Bool { nights[0].alarms.contains(NightAlarm(problem)) }
        for problem in problems { #expect(isStored(problem)) }
        #expect(!isStored(.imbalance(metric: metric, variantID: "\u{e9}", pValue: 0.1)))
        #expect(!isStored(.imbalance(metric: "x", variantID: "z", pValue: 0.1)))
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
        let shop = try await shop()
        try write("2026-01-02", units: 99, in: shop)
        try write("2026-01-03", in: shop)
        let before = try await shop.result { $0.asOfMicroseconds = Self.end(of: Self.second) }
        #expect(before.nights.map(\.day) == [20_455])
        #expect(before.metrics.first { $0.metric == "revenue" }?.comparisons[0].history.looks[0].inference == nil)
    }
}
