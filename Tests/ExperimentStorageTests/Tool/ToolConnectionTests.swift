import ExperimentDatabase
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Tools that write beside a server or without one")
struct ToolConnectionTests {
    private func logSize(_ path: String) -> Int64? { FileStatus(path + "-wal")?.size }

    @Test("what a crash left in the log is copied into the file before a tool writes after it")
    func crashed() async throws {
        let folder = TemporaryFolder()
        let path = folder.file("shop.db")
        #expect(try await Program.storeProcess("crash", path) == 9)
        #expect(logSize(path) ?? 0 > 0)
        let tool = try ExperimentAdministrator.open(at: path)
        #expect(logSize(path) == 0)
        #expect(try tool.metrics().count == 1)
    }

    @Test("a log that a server uses is left to it")
    func owned() async throws {
        let test = try await TestStore()
        try await test.store.recordExposure(Shop.exposure("ada"))
        let size = logSize(test.path)
        #expect(size ?? 0 > 0)
        _ = try ExperimentAdministrator.open(at: test.path)
        #expect(logSize(test.path) == size)
    }

    @Test("an import does not end well when the file or its log was replaced on the way", arguments: ["", "-wal"])
    func replaced(_ suffix: String) async throws {
        let test = try await TestStore()
        await test.store.close()
        let records = try ExperimentAdministrator.open(at: test.path).beginImport(digest: "d")
        try records.add(Shop.exposure("ada"))
        try Files.rename(test.path + suffix, to: test.path + suffix + ".old")
        #expect(throws: ExperimentError.self) { try records.finish() }
        #expect(!records.isComplete)
    }
}
