import ExperimentAnalysis
import ExperimentReporting
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("The checks and verdicts of a file are tried on its own rows")
struct CalibrationTests {
    /// 150 users a day for ten days, 30 % of whom buy with the control; those who bought before more often.
    private func shop(
        treated: Double, metrics: [MetricDefinition] = [], value: (Bool) -> OutcomeValue = { .bool($0) }
    ) async throws -> TestStore {
        let experiment = try Experiment(
            id: "button", variants: [VariantDefinition("c", isControl: true), VariantDefinition("t")], goals: ["buy"],
            plan: ExperimentPlan(days: 3, plausibleLift: 5), segments: ["platform"])
        let shop = try await TestStore(.quiet(.enqueued), defining: [experiment], metrics: metrics)
        var random = SplitMix(seed: 41)
        for unit in 0..<1_500 {
            let (user, isTreated, second) = ("u\(unit)", unit % 2 == 1, Int64(unit / 150 * 86_400 + unit % 150 * 500))
            let wasThere = random.chance(0.4)
            if wasThere {
                try await shop.store.recordOutcome(
                    Shop.outcome(user, value(true), second: second - 9_000, metric: "buy"))
            }
            var exposure = Shop.exposure(user, isTreated ? "t" : "c", second: second)
            exposure.attributes = ["platform": unit % 3 == 0 ? "ios" : "android"]
            try await shop.store.recordExposure(exposure)
            let chance = (isTreated ? treated : 0.3) * (wasThere ? 1.6 : 0.6)
            try await shop.store.recordOutcome(
                Shop.outcome(user, value(random.chance(chance)), second: second + 60, metric: "buy"))
        }
        try await shop.store.flush()
        return shop
    }

    private func calibrate(
        _ shop: TestStore, splits: Int = 30, seed: UInt64 = 1, lifts: [Double] = [0.01, 0.6]
    ) throws -> Calibration {
        var options = CalibrationOptions()
        (options.splits, options.seed, options.nights, options.lifts) = (splits, seed, 5, lifts)
        let calibrations = try ExperimentAnalyzer(databaseAt: shop.path).calibrate(options)
        return try #require(calibrations.first)
    }

    private func splits(_ calibration: Calibration, _ answer: Calibration.Answer) -> Int? {
        calibration.frequencies.first { $0.answer == answer }?.splits
    }

    @Test("splits in which nothing happens alarm nobody and ship next to nothing, though the file itself has an effect")
    func quiet() async throws {
        let shop = try await shop(treated: 0.6)
        #expect(try await shop.result().decision.verdict == .ship)
        let calibration = try calibrate(shop)
        #expect(calibration.units == 1_500 && calibration.days.count == 5 && calibration.standingAlarms == [])
        #expect(splits(calibration, .anyAlarm) == 0)
        #expect(try #require(splits(calibration, .shipOrStop)) <= 4)
        #expect(try #require(splits(calibration, .goal("buy"))) <= 4)
        #expect(
            calibration.frequencies.first { $0.answer == .shipOrStop }?.promised.map { abs($0 - 0.05) < 1e-9 } == true)
    }

    @Test("a large lift is found and shipped in nearly every split, a tiny one in next to none")
    func findings() async throws {
        for metrics in [[], [try MetricDefinition(name: "buy", kind: .numeric)]] {
            let isNumeric = !metrics.isEmpty
            let shop = try await shop(treated: 0.3, metrics: metrics) {
                isNumeric ? .numeric($0 ? 3 : 0.5) : .bool($0)
            }
            let calibration = try calibrate(shop)
            #expect(calibration.goal == "buy" && calibration.findings.map(\.lift) == [0.01, 0.6])
            #expect(calibration.findings[0].found <= 4 && calibration.findings[0].medianNight == nil)
            #expect(calibration.findings[1].found >= 28 && calibration.findings[1].shipped >= 28)
            #expect(try #require(calibration.findings[1].medianNight) <= 5)
        }
    }

    @Test("the same seed gives the same answers, another one other splits")
    func seeds() async throws {
        let shop = try await shop(treated: 0.36)
        let first = try calibrate(shop, splits: 12, lifts: [0.12, 0.2, 0.25])
        #expect(try calibrate(shop, splits: 12, lifts: [0.12, 0.2, 0.25]) == first)
        let others = try (2...4).map { seed in
            try calibrate(shop, splits: 12, seed: seed, lifts: [0.12, 0.2, 0.25]).findings
        }
        #expect(others.contains { $0 != first.findings })
    }

    @Test("an alarm that stands whoever gets which variant is named, and counts as no false alarm of a split")
    func standing() async throws {
        let constant = try await shop(treated: 0.3) { _ in .bool(true) }
        let calibration = try calibrate(constant, splits: 4)
        #expect(calibration.standingAlarms == ["constant_metric"])
        #expect(splits(calibration, .anyAlarm) == 0 && splits(calibration, .verdict(.ship)) == 0)
        #expect(CalibrationReport.text([calibration]).contains("there stands constant_metric"))
    }

    @Test("the answers are told in words and as JSON, with what is promised beside what was counted")
    func reports() async throws {
        let calibration = try calibrate(try await shop(treated: 0.3), splits: 6)
        let text = CalibrationReport.text([calibration])
        #expect(text.contains("1,500 users, dealt anew 6 times and looked at on 5 nights; seed 1."))
        #expect(text.contains("any alarm") && text.contains("at most 0.1%") && text.contains("+60.0%"))
        let json = CalibrationReport.json([calibration])
        #expect(json.contains("\"answer\": \"ship_or_stop\"") && json.contains("\"clearly_better\": 6"))
    }

    @Test("options out of range are refused by name")
    func refusals() async throws {
        let shop = try await TestStore()
        let analyzer = try ExperimentAnalyzer(databaseAt: shop.path)
        for change in [
            { $0.splits = 0 }, { $0.nights = 0 }, { $0.lifts = [-0.1] }, { $0.confidence = 1 },
        ] as [(inout CalibrationOptions) -> Void] {
            var options = CalibrationOptions()
            change(&options)
            #expect(throws: ExperimentError.self) { try analyzer.calibrate(options) }
        }
        #expect(try analyzer.calibrate() == [])
        await shop.store.close()
    }
}
