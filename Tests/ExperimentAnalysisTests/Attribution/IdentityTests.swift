import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Outcomes that find their unit by a link")
struct IdentityTests {
    private func store(_ identity: Identity, unit: ExperimentUnit = .user) async throws -> TestStore {
        var button = try Experiment(id: "button", unit: unit, variants: Shop.button().design.variants)
        button.analysis.identity = identity
        return try await TestStore(TestStore.quiet, defining: [button])
    }

    /// An outcome a minute after the exposures, with the ids that are given.
    private func outcome(
        _ value: Double, user: String? = nil, session: String? = nil, experiment: String? = "button"
    ) -> OutcomeRecord {
        OutcomeRecord(
            experiment: experiment, metric: "revenue", value: .numeric(value), userID: user,
            timestamp: Date(timeIntervalSince1970: 1_767_225_660), sessionID: session)
    }

    private func login(_ second: Double) -> Date { Date(timeIntervalSince1970: 1_767_225_600 + second) }

    /// The fate of the outcomes, and that the views say the same.
    private func result(_ test: TestStore) async throws -> ExperimentResult {
        let result = try await test.result()
        #expect(try ExperimentAnalyzer(databaseAt: test.path).compareWithViews().differences.isEmpty)
        return result
    }

    private func sums(_ result: ExperimentResult) -> [String: Double] {
        let variants = result.metrics.first?.variants ?? []
        return Dictionary(uniqueKeysWithValues: variants.map { ($0.variantID.text, $0.sum ?? 0) })
    }

    @Test("a session's outcome is the linked user's, unless the identity is strict", arguments: Identity.allCases)
    func linked(_ identity: Identity) async throws {
        let test = try await store(identity)
        try await test.store.recordExposure(Shop.exposure("ada", "control"))
        try await test.store.recordExposure(Shop.exposure("bob", "treatment"))
        try await test.store.recordOutcome(outcome(8, session: "s1"))
        // Known only later: when does not matter.
        try await test.store.link(sessionID: "s1", userID: "ada", at: login(600))
        let result = try await result(test)
        #expect(result.outcomes.kept == (identity == .strict ? 0 : 1))
        #expect(result.outcomes.discarded(.noUnit) == (identity == .strict ? 1 : 0))
        if identity != .strict { #expect(sums(result) == ["control": 8, "treatment": 0]) }
    }

    @Test("of several linked users it is the one of the oldest link's, or nobody's where there must be no choice")
    func several() async throws {
        for identity in [Identity.first, .unambiguous] {
            let test = try await store(identity)
            try await test.store.recordExposure(Shop.exposure("ada", "control"))
            try await test.store.recordExposure(Shop.exposure("bob", "treatment"))
            try await test.store.link(sessionID: "s1", userID: "ada", at: login(20))
            try await test.store.link(sessionID: "s1", userID: "bob", at: login(10))
            try await test.store.recordOutcome(outcome(8, session: "s1"))
            try await test.store.recordOutcome(outcome(4, session: "s1", experiment: nil))
            let result = try await result(test)
            #expect(result.outcomes.kept == (identity == .first ? 2 : 0))
            #expect(result.outcomes.discarded(.ambiguousIdentity) == (identity == .first ? 0 : 2))
            if identity == .first { #expect(sums(result) == ["control": 0, "treatment": 12]) }
        }
    }

    @Test("a row with both ids is a link, and of equal times an exposure is older than an outcome, that than a link")
    func rows() async throws {
        let test = try await store(.first)
        var both = Shop.exposure("ada", "control")
        both.sessionID = "s1"
        try await test.store.link(sessionID: "s1", userID: "bob", at: login(0))
        try await test.store.recordExposure(Shop.exposure("bob", "treatment"))
        try await test.store.recordExposure(both)
        try await test.store.recordOutcome(outcome(8, session: "s1"))
        #expect(sums(try await result(test)) == ["control": 8, "treatment": 0])
    }

    @Test("an outcome whose own id was exposed in any way is its own unit's, whatever the links say")
    func own() async throws {
        let test = try await store(.first)
        try await test.store.recordExposure(Shop.exposure("ada", "control"))
        var tester = Shop.exposure("qa", "treatment")
        tester.enrollment = .override
        try await test.store.recordExposure(tester)
        try await test.store.link(sessionID: "s1", userID: "ada", at: login(0))
        try await test.store.recordOutcome(outcome(8, user: "qa", session: "s1"))
        // Nobody knows this one's own id: the link leads to ada.
        try await test.store.recordOutcome(outcome(4, user: "new", session: "s1"))
        let result = try await result(test)
        #expect(result.outcomes.discarded(.override) == 1)
        #expect(sums(result)["control"] == 4)
    }

    @Test("one that names no experiment is a row where a link leads to a unit, and nowhere else")
    func unnamed() async throws {
        let test = try await store(.unambiguous)
        try await test.define(try Shop.button("strict"))
        try await test.store.recordExposure(Shop.exposure("ada", "control"))
        try await test.store.recordExposure(Shop.exposure("ada", "control", experiment: "strict"))
        try await test.store.link(sessionID: "s1", userID: "ada", at: login(0))
        try await test.store.recordOutcome(outcome(8, session: "s1", experiment: nil))
        try await test.store.recordOutcome(outcome(8, session: "s2", experiment: nil))
        let results = try await test.analyze()
        #expect(results.experiments.map(\.outcomes.total) == [1, 0])
        #expect(results.unattributedOutcomes.neverExposed == 1)
        #expect(try ExperimentAnalyzer(databaseAt: test.path).compareWithViews().differences.isEmpty)
    }

    @Test("sessions are found by users likewise, and a link that is later than the report does not exist")
    func sessions() async throws {
        let test = try await store(.first, unit: .session)
        var exposure = Shop.exposure(nil, "treatment")
        exposure.sessionID = "s1"
        try await test.store.recordExposure(exposure)
        try await test.store.recordOutcome(outcome(8, user: "ada"))
        try await test.store.link(sessionID: "s1", userID: "ada", at: login(600))
        #expect(sums(try await result(test))["treatment"] == 8)
        let early = try await test.result { $0.asOfMicroseconds = 1_767_225_600_000_000 + 500_000_000 }
        #expect(early.outcomes.kept == 0 && early.outcomes.discarded(.noUnit) == 1)
    }

    @Test("a report on some experiments knows which outcomes links attribute in the others")
    func unreported() async throws {
        let test = try await store(.first)
        try await test.define(try Shop.button("strict"))
        try await test.store.recordExposure(Shop.exposure("ada", "control"))
        var tester = Shop.exposure("qa", "treatment")
        tester.enrollment = .override
        try await test.store.recordExposure(tester)
        try await test.store.link(sessionID: "s1", userID: "ada", at: login(0))
        // The first is ada's by a link; the second is a tester's, whom no link is asked for.
        try await test.store.recordOutcome(outcome(8, session: "s1", experiment: nil))
        try await test.store.recordOutcome(outcome(8, user: "qa", session: "s1", experiment: nil))
        let all = try await test.analyze()
        let some = try await test.analyze { $0.experiments = ["strict"] }
        #expect(all.unattributedOutcomes == some.unattributedOutcomes && some.unattributedOutcomes.neverExposed == 1)
        #expect(try ExperimentAnalyzer(databaseAt: test.path).compareWithViews().differences.isEmpty)
    }

    @Test("explain shows the outcomes that a link brought")
    func explained() async throws {
        let test = try await store(.first)
        try await test.store.recordExposure(Shop.exposure("ada", "control"))
        try await test.store.link(sessionID: "s1", userID: "ada", at: login(0))
        try await test.store.recordOutcome(outcome(8, session: "s1"))
        try await test.store.recordOutcome(outcome(4, user: "ada", session: "s2"))
        let explanation = try ExperimentAnalyzer(databaseAt: test.path).explain(
            ExperimentContext(userID: "ada"), in: "button")
        #expect(explanation.outcomes.map(\.isLinked) == [true, false])
        #expect(explanation.outcomes.allSatisfy { $0.fate == .kept })
    }

    @Test("explain says of each linked unit why an outcome is nobody's, and of a stranger that it is another unit's")
    func explainedElsewhere() async throws {
        for identity in [Identity.first, .unambiguous] {
            let test = try await store(identity)
            try await test.store.recordExposure(Shop.exposure("ada", "control"))
            try await test.store.recordExposure(Shop.exposure("bob", "treatment"))
            try await test.store.link(sessionID: "s1", userID: "ada", at: login(10))
            try await test.store.link(sessionID: "s1", userID: "bob", at: login(20))
            try await test.store.recordOutcome(outcome(8, user: "new", session: "s1"))
            let analyzer = try ExperimentAnalyzer(databaseAt: test.path)
            func fates(_ user: String) throws -> [ExplainedOutcome.Fate] {
                try analyzer.explain(ExperimentContext(userID: user), in: "button").outcomes.map(\.fate)
            }
            let isFirst = identity == .first
            #expect(try fates("ada") == [isFirst ? .kept : .discarded(.ambiguousIdentity)])
            #expect(try fates("bob") == (isFirst ? [] : [.discarded(.ambiguousIdentity)]))
            #expect(try fates("new") == [isFirst ? .ofAnotherUnit : .discarded(.ambiguousIdentity)])
            // A unit that was exposed itself keeps its outcomes, whatever its other id is linked with.
            try await test.store.recordOutcome(outcome(9, user: "bob", session: "s1"))
            #expect(try fates("bob").contains(.kept))
            #expect(try fates("ada").count == 1)
        }
    }

    @Test(
        "a variant whose units are linked more often is an alarm: it finds more outcomes, which is no effect",
        arguments: [(2, true), (8, false)])
    func uneven(ofTenControls: Int, isAlarm: Bool) async throws {
        let test = try await store(.first)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<800 {
                group.addTask {
                    let isControl = number % 2 == 0
                    try await test.store.recordExposure(
                        Shop.exposure("user\(number)", isControl ? "control" : "treatment"))
                    guard number % 10 < (isControl ? ofTenControls : 8) else { return }
                    try await test.store.link(sessionID: "s\(number)", userID: "user\(number)", at: .now)
                }
            }
            try await group.waitForAll()
        }
        let result = try await result(test)
        #expect(result.variants.map(\.unitsLinked) == [isAlarm ? 80 : 320, 320])
        #expect(result.problems.contains { $0.name == "uneven_links" && $0.isAlarm } == isAlarm)
    }

    @Test("one whose identity is strict has no share of linked units")
    func strictShare() async throws {
        let test = try await store(.strict)
        try await test.store.recordExposure(Shop.exposure("ada", "control"))
        try await test.store.link(sessionID: "s1", userID: "ada", at: login(0))
        #expect(try await result(test).variants.map(\.unitsLinked) == [nil, nil])
    }
}
