import ExperimentAnalysis
import ExperimentStorage
import Experimentation
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("While a server writes")
struct WhileWritingTests {
    @Test(
        "256 callers record, a shell reads, reports and a backup are made: no error, and every report is of one moment")
    func everybodyAtOnce() async throws {
        let shop = try await AnalysisStore()
        let isDone = Mutex(false)
        async let written: Void = write(shop)
        let shell = Thread.detached { Self.readWithShell(shop.path, until: { isDone.withLock { $0 } }) }
        var reports: [AnalysisResults] = []
        for _ in 0..<5 { reports.append(try await shop.analyze()) }
        try await shop.store.backUp(to: shop.folder.file("copy.db"))
        reports.append(try await shop.analyze())
        try await written
        isDone.withLock { $0 = true }
        #expect(await shell.value == [])
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

    private func write(_ shop: AnalysisStore) async throws {
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
    private static func readWithShell(_ path: String, until isDone: () -> Bool) -> [String] {
        var wrong: [String] = []
        let torn = """
            BEGIN;
            SELECT count(*) FROM discarded_outcomes WHERE reason = 'never_exposed';
            SELECT (SELECT count(*) FROM counted_outcomes) + (SELECT count(*) FROM discarded_outcomes)
                - (SELECT count(*) FROM outcome_log);
            COMMIT;
            """
        repeat {
            let answer = shell(path, torn)
            if answer != "0\n0\n" { wrong.append(answer) }
        } while !isDone()
        return wrong
    }

    private static func shell(_ path: String, _ sql: String) -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", "-readonly", path, sql]
        process.standardOutput = pipe
        process.standardError = pipe
        do { try process.run() } catch { return "sqlite3 does not run: \(error)" }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }
}

extension Thread {
    /// Runs work on a thread of its own, never on the cooperative pool.
    fileprivate static func detached<Value: Sendable>(_ work: @escaping @Sendable () -> Value) -> Task<Value, Never> {
        Task {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: work()) }
            }
        }
    }
}
