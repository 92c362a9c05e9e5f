import ExperimentDatabase
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Files made and left by several processes")
struct CreationTests {
    @Test("eight processes that create one file at once, 25 times: all can write, and nothing is lost")
    func eightCreators() async throws {
        for _ in 0..<25 {
            let folder = TemporaryFolder()
            let path = folder.path
            try await withThrowingTaskGroup(of: Int32.self) { group in
                for number in 0..<8 {
                    group.addTask { try await Program.storeProcess("create", path, "\(number)") }
                }
                while try readyCount(path) < 8 { try await Task.sleep(for: .milliseconds(2)) }
                _ = FileManager.default.createFile(atPath: path + "/go", contents: nil)
                for try await status in group { #expect(status == 0) }
            }
            let reader = try DatabaseFile.openForReading(DatabasePath(path + "/shop.db"))
            #expect(try reader.value("SELECT count(*) FROM outcome_log") { $0.int(0) } == 80)
            #expect(try reader.value("SELECT count(DISTINCT user_id) FROM outcome_log") { $0.int(0) } == 80)
            #expect(try reader.value("PRAGMA integrity_check") { $0.text(0) } == "ok")
            let left = try FileManager.default.contentsOfDirectory(atPath: path)
            #expect(left.allSatisfy { !$0.contains("creating") })
        }
    }

    @Test("a log whose database was moved away is not written over, and is whole when the database comes back")
    func staleLog() async throws {
        let folder = TemporaryFolder()
        let path = folder.file("shop.db")
        #expect(try await Program.storeProcess("crash", path) == 9)
        try Files.rename(path, to: path + ".moved")
        do throws(ExperimentError) {
            _ = try await ExperimentStore.open(at: path, configuration: TestStore.quiet)
            Issue.record("a new database beside the log of another")
        } catch {
            #expect("\(error)".contains("log without its database"))
        }
        #expect(FileStatus(path) == nil)
        try Files.rename(path + ".moved", to: path)
        let store = try await ExperimentStore.open(at: path, configuration: TestStore.quiet)
        await store.close()
        let reader = try DatabaseFile.openForReading(DatabasePath(path))
        #expect(try reader.value("SELECT count(*) FROM outcome_log") { $0.int(0) } == 50)
    }

    /// The number of processes that wait for the starting gun.
    private func readyCount(_ folder: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: folder).count { $0.hasPrefix("ready") }
    }
}
