import ExperimentStorage
import Experimentation
import Foundation
import Logging
import TestSupport
import Testing

@Suite("Processes that read while a server records")
struct WhileServingTests {
    private let tool = Tool()

    init() throws {
        try tool.define()
    }

    @Test(
        "callers, reports, backups, checks and a shell at once: no error, and a report is that of the rows up to its own"
    )
    func everybodyAtOnce() async throws {
        var configuration = StoreConfiguration()
        configuration.checkpointPages = 50
        configuration.logger.handler = SwiftLogNoOpLogHandler()
        let store = try await ExperimentStore.open(at: tool.database, configuration: configuration)
        let server = RecordingServer(callers: 24) { caller, number in
            let round = Shop.round(number, of: caller)
            try store.recordExposureBlocking(round.shown)
            for outcome in round.measured { try store.recordOutcomeBlocking(outcome) }
            Thread.sleep(forTimeInterval: 0.05)
        }
        let database = tool.database
        async let reports = onThread { try Self.reports(database, count: 2) }
        async let copies = onThread { try Self.copies(database, count: 1) }
        async let answers = onThread { try Self.shellAnswers(database, count: 4) }
        async let checks = onThread { try Self.checks(database, count: 1) }
        let (read, copied) = try await (reports, copies)
        for check in try await checks { #expect(check.components(separatedBy: "\nok ").count == 12) }
        #expect(Set(try await answers) == ["0\n0"])
        #expect(server.stop().errors == [])
        await store.close()
        let last = try report(tool)
        let rows = try read.map { try Through($0).outcome }
        #expect(Set(rows).count > 1 && rows.allSatisfy { $0 < (try? Through(last).outcome) ?? 0 })
        for text in try read + copied.map({ try report($0) }) + [last] {
            #expect(try report(truncated(at: Through(text))) == text)
        }
    }

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

    private static func checks(_ database: String, count: Int) throws -> [String] {
        let tool = Tool()
        return try (0..<count).map { _ in "\n" + succeeded(try tool.bare(["verify", "--database", database])) }
    }

    /// The counts of what no moment may show: outcomes without the exposure before them, and those in neither view.
    private static func shellAnswers(_ database: String, count: Int) throws -> [String] {
        let tool = Tool()
        let torn = """
            BEGIN;
            SELECT count(*) FROM discarded_outcomes WHERE reason = 'never_exposed';
            SELECT (SELECT count(*) FROM counted_outcomes) + (SELECT count(*) FROM discarded_outcomes)
                - (SELECT count(*) FROM outcome_log);
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
            DROP TRIGGER exposure_log_delete;
            DROP TRIGGER outcome_log_delete;
            DELETE FROM exposure_log WHERE exposure_id > \(through.exposure);
            DELETE FROM outcome_log WHERE outcome_id > \(through.outcome);
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
