import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

/// The phase and enrollment of an exposure that says neither, by a table of phases and runs whose times are given here.
///
/// Phase 1 has the variants control, treatment and rare, from the beginning; phase 2 control, treatment and blue, from second
/// 100; phase 3 control, green and rare, from second 200; phase 4 has not started, and adds later. A variant that no phase has
/// any more is gone. The experiment runs until second 300, and from second 400 to 500.
@Suite("Time decides the phase and the run")
struct PhaseByTimeTests {
    /// An exposure's place: a second, and microseconds from it on.
    struct Moment: CustomTestStringConvertible {
        let second: Int64
        var microseconds: Int64 = 0
        var timestamp: Int64 { Shop.start + second * 1_000_000 + microseconds }
        var testDescription: String { "\(second) s \(microseconds) µs" }
        static func before(_ second: Int64) -> Moment { Moment(second: second, microseconds: -1) }
        static func at(_ second: Int64) -> Moment { Moment(second: second) }
    }

    private func shop() async throws -> TestStore {
        let first = try Experiment(
            id: "button",
            variants: ["control", "treatment", "rare"].map { VariantDefinition($0, isControl: $0 == "control") })
        let shop = try await TestStore(.quiet(.processCrash), defining: [first])
        try shop.addPhase(2, from: Moment.at(100).timestamp, ["control", "treatment", "blue"])
        try shop.addPhase(3, from: Moment.at(200).timestamp, ["control", "green", "rare"])
        try shop.addPhase(4, from: nil, ["control", "later"])
        try shop.edit(
            """
            INSERT INTO variant_definition (experiment_id, name) VALUES (1, 'gone');
            UPDATE experiment_run SET stopped_at_us = \(Shop.start + 300_000_000);
            INSERT INTO experiment_run
            VALUES (1, 2, \(Shop.start + 400_000_000), \(Shop.start + 500_000_000));
            """)
        return shop
    }

    /// The phase and enrollment that views, each phase's report and the explanation give one exposure, all the same.
    private func decided(_ record: ExposureRecord) async throws -> (phase: Int, enrollment: String) {
        let shop = try await shop()
        try await shop.store.recordExposure(record)
        try await shop.store.flush()
        let viewed = try #require(try shop.rows("SELECT phase, enrollment FROM exposures").first)
        let explained = try #require(
            try ExperimentAnalyzer(databaseAt: shop.path).explain(ExperimentContext(userID: "ada"), in: "button")
                .exposures.first)
        #expect(viewed == "\(explained.phase)|\(explained.enrollment.rawValue)")
        for phase in 1...4 {
            let result = try await shop.result { $0.phase = phase }
            let isIn = phase == explained.phase
            #expect(result.exposures.total == (isIn ? 1 : 0), "phase \(phase)")
            #expect(result.units.exposed == (isIn && explained.enrollment == .enrolled ? 1 : 0), "phase \(phase)")
            #expect(result.exposures.notRunning == (isIn && explained.enrollment == .notRunning ? 1 : 0))
        }
        return (explained.phase, explained.enrollment.rawValue)
    }

    private func exposure(
        _ variant: String, _ moment: Moment, phase: Int? = nil, _ enrollment: Enrollment? = nil
    ) -> ExposureRecord {
        ExposureRecord(
            experiment: "button", variantID: variant, userID: "ada", timestampMicroseconds: moment.timestamp,
            enrollment: enrollment, phase: phase)
    }

    @Test(
        "a record that names no phase belongs to the one in force at its time; before the first, to the first",
        arguments: [
            (Moment.at(-1_000_000), 1), (.before(100), 1), (.at(100), 2), (.before(200), 2), (.at(200), 3),
            (.at(99_999), 3),
        ])
    func inForce(moment: Moment, phase: Int) async throws {
        #expect(try await decided(exposure("control", moment, .enrolled)).phase == phase)
    }

    @Test("a record that names a phase belongs to it, whatever its time", arguments: 1...4)
    func named(phase: Int) async throws {
        #expect(try await decided(exposure("control", .at(150), phase: phase, .enrolled)).phase == phase)
    }

    @Test(
        "a variant that only other phases have belongs to the nearest of them; one that no phase has, to the one in force",
        arguments: [
            ("treatment", Moment.at(250), 2), ("blue", .at(50), 2), ("blue", .at(99_999), 2), ("green", .at(0), 3),
            ("rare", .before(150), 1), ("rare", .at(150), 3), ("later", .at(0), 4), ("gone", .at(50), 1),
            ("gone", .at(150), 2), ("gone", .at(250), 3),
        ])
    func nearest(variant: String, moment: Moment, phase: Int) async throws {
        #expect(try await decided(exposure(variant, moment, .enrolled)).phase == phase)
    }

    @Test(
        "a record that does not say whether its unit took part is enrolled in a run, and outside of all not_running",
        arguments: [
            (Moment.at(-1_000_000), "enrolled"), (.before(300), "enrolled"), (.at(300), "not_running"),
            (.before(400), "not_running"), (.at(400), "enrolled"), (.at(500), "not_running"),
        ])
    func runs(moment: Moment, enrollment: String) async throws {
        #expect(try await decided(exposure("control", moment, phase: 1)).enrollment == enrollment)
    }

    @Test("what a record says of its unit is trusted, in a run or outside of all", arguments: Enrollment.allCases)
    func said(enrollment: Enrollment) async throws {
        for moment in [Moment.at(0), .at(350)] {
            #expect(try await decided(exposure("control", moment, enrollment)).enrollment == enrollment.rawValue)
        }
    }

    @Test("a phase that the experiment has not had is refused by its field, and nothing is stored")
    func unknown() async throws {
        let shop = try await shop()
        for phase in [0, -1, 5] {
            let error = await #expect(throws: ExperimentError.self) {
                try await shop.store.recordExposure(exposure("control", .at(0), phase: phase))
            }
            #expect(try #require(error).description.contains("phase"))
        }
        #expect(try shop.exposures() == 0)
    }

    @Test("a server whose definitions are a moment old records what it assigned, in the phase that assigned it")
    func staleServer() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        let context = ExperimentContext(userID: "ada")
        let shown = try shop.store.assign("button", for: context)
        try await shop.store.openPhase(of: "button", .keepingHash)
        try await shop.store.stop("button")
        try await shop.store.recordExposure(ExposureRecord(of: shown, to: context))
        #expect(try shop.rows("SELECT phase, enrollment FROM exposures") == ["1|enrolled"])
        try await shop.store.start("button")
        let again = try shop.store.assign("button", for: context)
        #expect((again.phase, again.enrollment) == (2, .enrolled))
    }

    @Test("clocks that went back between two phases leave no time without a phase, and none with two")
    func clockWentBack() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        try shop.addPhase(2, from: Moment.at(200).timestamp, ["control", "treatment"])
        try shop.addPhase(3, from: Moment.at(100).timestamp, ["control", "treatment"])
        for second in [99, 100, 150, 250] {
            try await shop.store.recordExposure(Shop.exposure("u\(second)", second: Int64(second)))
        }
        try await shop.store.flush()
        #expect(try shop.rows("SELECT phase FROM exposures ORDER BY exposure") == ["1", "3", "3", "3"])
    }
}
