import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import StoreTestSupport
import Synchronization
import TestSupport
import Testing

@Suite("While a server writes")
struct WhileWritingTests {
    @Test(
        "256 callers record, a shell reads, reports and a backup are made: no error, and every report is of one moment")
    func everybodyAtOnce() async throws {
        let shop = try await TestStore(.quiet(.processCrash))
        let isDone = Mutex(false)
        async let written: Void = write(shop)
        async let answers = onThread { try Self.readWithShell(shop.path, until: { isDone.withLock { $0 } }) }
        var reports: [AnalysisResults] = []
        for _ in 0..<5 { reports.append(try await shop.analyze()) }
        try await shop.store.backUp(to: shop.folder.file("copy.db"))
        reports.append(try await shop.analyze())
        try await written
        isDone.withLock { $0 = true }
        #expect(try await answers == [])
        reports.append(try await shop.analyze())
        for report in reports {
            let answer = try RuleModel(shop.path, through: report.through).answer("button", unit: "user")
            #expect(report.experiments[0].agrees(with: answer))
        }
        #expect(reports.last?.through.outcome == 256 * 20)
        let copy = try await ExperimentAnalyzer(databaseAt: shop.folder.file("copy.db")).analyze()
        let answer = try RuleModel(shop.path, through: copy.through).answer("button", unit: "user")
        #expect(copy.experiments[0].agrees(with: answer))
    }

    private func write(_ shop: TestStore) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<256 {
                group.addTask {
                    for event in 0..<20 {
                        let user = "user\(caller)-\(event % 7)"
                        let variant = caller % 2 == 0 ? "control" : "treatment"
                        try await shop.store.recordExposure(Shop.exposure(user, variant, second: Int64(event)))
                        try await shop.store.recordOutcome(
                            Shop.outcome(user, .numeric(Double(event)), second: Int64(event * 2 % 19)))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Every answer that was not as expected: each outcome of a caller is recorded after its exposure.
    private static func readWithShell(_ path: String, until isDone: () -> Bool) throws -> [String] {
        var wrong: [String] = []
        let torn = """
            BEGIN;
            SELECT count(*) FROM discarded_outcomes WHERE reason = 'never_exposed';
            SELECT (SELECT count(*) FROM counted_outcomes) + (SELECT count(*) FROM discarded_outcomes)
                - (SELECT count(*) FROM outcome_log);
            COMMIT;
            """
        repeat {
            let answer = try Program.run("sqlite3", ["-readonly", path, torn])
            if answer.output + answer.errors != "0\n0\n" { wrong.append(answer.output + answer.errors) }
        } while !isDone()
        return wrong
    }
}
