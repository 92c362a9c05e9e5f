import ExperimentStorage
import Experimentation
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@Suite("Processes that read while a server records")
struct WhileServingTests {
    private let tool = Tool()

    init() throws {
        try tool.define()
    }

    @Test("256 callers, reports, backups and a shell at once: no error, and a report is that of the rows up to its own")
    func everybodyAtOnce() async throws {
        var configuration = StoreConfiguration()
        configuration.checkpointPages = 50
        configuration.logger.handler = SwiftLogNoOpLogHandler()
        let store = try await ExperimentStore.open(at: tool.database, configuration: configuration)
        let isRead = Mutex(false)
        async let recorded: Void = record(store, until: { isRead.withLock { $0 } })
        let database = tool.database
        async let reports = onThread { try Self.reports(database, count: 6) }
        async let copies = onThread { try Self.copies(database, count: 3) }
        async let answers = onThread { try Self.shellAnswers(database, count: 20) }
        let (read, copied) = try await (reports, copies)
        #expect(Set(try await answers) == ["0\n0"])
        isRead.withLock { $0 = true }
        try await recorded
        await store.close()
        let last = try report(tool)
        let rows = try read.map { try Through($0).outcome }
        #expect(Set(rows).count > 1 && rows.allSatisfy { $0 < (try? Through(last).outcome) ?? 0 })
        for text in try read + copied.map({ try report($0) }) + [last] {
            #expect(try report(truncated(at: Through(text))) == text)
        }
    }

    /// Each caller shows something and measures it, in this order, again and again.
    private func record(_ store: ExperimentStore, until isDone: @escaping @Sendable () -> Bool) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<256 {
                group.addTask {
                    var event: Int64 = 0
                    while !isDone() {
                        let user = "user\(caller)-\(event % 7)"
                        let variant = caller % 2 == 0 ? "control" : "treatment"
                        try await store.recordExposure(Shop.exposure(user, variant, second: event))
                        try await store.recordOutcome(
                            Shop.outcome(user, .numeric(Double(event % 13)), second: event * 2 % 19))
                        try await store.recordOutcome(
                            Shop.outcome(user, .bool(event % 3 == 0), experiment: nil, metric: "purchase"))
                        event += 1
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    // Each reader has a folder of its own for the streams of its processes.

    private static func reports(_ database: String, count: Int) throws -> [String] {
        let tool = Tool()
        return try (0..<count).map { _ in try succeeded(tool.bare(reporting(database))) }
    }

    private static func copies(_ database: String, count: Int) throws -> [Tool] {
        try (0..<count).map { _ in
            let tool = Tool()
            _ = try succeeded(tool.bare(["backup", tool.database, "--database", database]))
            return tool
        }
    }

    /// What no moment may show: an outcome without the exposure recorded before it, or one that is in neither view.
    private static func shellAnswers(_ database: String, count: Int) throws -> [String] {
        let tool = Tool()
        let torn = """
            BEGIN;
            SELECT count(*) FROM discarded_outcomes WHERE reason = 'never_exposed';
            SELECT (SELECT count(*) FROM counted_outcomes) + (SELECT count(*) FROM discarded_outcomes)
                - (SELECT count(*) FROM outcome);
            COMMIT;
            """
        return try (0..<count).map { _ in
            try tool.shell("sqlite3 -readonly '\(database)' \"\(torn)\"").trimmingCharacters(in: .newlines)
        }
    }

    private static func reporting(_ database: String) -> [String] {
        ["report", "--format", "json", "--database", database]
    }

    private static func succeeded(_ ending: Tool.Ending) -> String {
        #expect(ending.code == 0, "\(ending.errors)")
        return ending.output
    }

    private func report(_ tool: Tool) throws -> String { try Self.succeeded(tool.bare(Self.reporting(tool.database))) }

    /// The database as it was when these were the last rows: a copy without the ones after.
    private func truncated(at through: Through) throws -> Tool {
        let copy = Tool()
        #expect(try tool.run("backup", copy.database).code == 0)
        let sql = """
            DROP TRIGGER exposure_is_never_deleted;
            DROP TRIGGER outcome_is_never_deleted;
            DELETE FROM exposure WHERE exposure_id > \(through.exposure);
            DELETE FROM outcome WHERE outcome_id > \(through.outcome);
            """
        #expect(try copy.shell("sqlite3 '\(copy.database)' \"\(sql)\"") == "")
        return copy
    }

    /// The last rows of a report.
    private struct Through: Decodable {
        private struct Report: Decodable {
            let through: Through
        }

        let exposure: Int
        let outcome: Int

        init(_ report: String) throws {
            self = try JSONDecoder().decode(Report.self, from: Data(report.utf8)).through
        }
    }
}
