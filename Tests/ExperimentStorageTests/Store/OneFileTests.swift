import ExperimentDatabase
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@Suite("One file has one owner, whatever its path")
struct OneFileTests {
    /// Runs one of the shell's tools, which say more of a failure than the C library does.
    private func shell(_ tool: String, _ arguments: String...) throws {
        let ending = try Program.run("/usr/bin/env", [tool] + arguments)
        #expect(ending.code == 0, "\(tool): \(ending.errors)")
    }

    private func refusal(_ path: String) async -> String {
        do throws(ExperimentError) {
            let store = try await ExperimentStore.open(at: path, configuration: TestStore.quiet)
            await store.close()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("a file with two names is opened by neither, and by the other once one is removed")
    func hardLink() async throws {
        let test = try await TestStore()
        await test.store.close()
        let other = test.folder.file("hard.db")
        try shell("ln", test.path, other)
        #expect(await refusal(test.path).contains("2 names"))
        #expect(await refusal(other).contains("2 names"))
        #expect(throws: ExperimentError.self) { try ExperimentAdministrator.open(at: other) }
        try shell("rm", other)
        #expect(await refusal(test.path).isEmpty)
    }

    @Test("a file that is mounted alone, as by a container, is refused: its log would stay in the container")
    func mounted() async throws {
        let test = try await TestStore()
        await test.store.close()
        let mounted = test.folder.file("mounted.db")
        try shell("touch", mounted)
        let script =
            "mount --bind '\(test.path)' '\(mounted)' && exec \(Program.built("StoreProcess")) crash '\(mounted)'"
        let ending = try Program.run("unshare", ["--mount", "sh", "-c", script])
        // Only root may mount; where it may not, there is nothing to see.
        guard ending.code == 1, !ending.errors.contains("mount:"), !ending.errors.contains("unshare") else {
            #expect(ending.code != 9, "it recorded")
            return
        }
        #expect(ending.errors.contains("mount the folder"), "\(ending.errors)")
    }

    @Test("neither a database in memory nor an empty path is taken for a file's name")
    func noFile() async throws {
        let memory = await refusal(":memory:")
        #expect(memory.contains("HashExperimentPlugin") && memory.contains("a file, never in memory"))
        #expect(await refusal("").contains("must not be empty"))
    }

    @Test("a pipe is no database, and nobody waits for it", .timeLimit(.minutes(1)))
    func pipe() async throws {
        let folder = TemporaryFolder()
        try shell("mkfifo", folder.file("shop.db"))
        #expect(await refusal(folder.file("shop.db")).contains("not that of a file"))
        #expect(throws: ExperimentError.self) { try ExperimentReader.open(at: folder.file("shop.db")) }
    }

    @Test("a file time after the year 2262 is a time as any other")
    func farFuture() async throws {
        let test = try await TestStore()
        try shell("touch", "-d", "@10413792000", test.path)
        try await test.store.recordExposure(Shop.exposure("ada"))
        await test.store.close()
        #expect(await refusal(test.path).isEmpty)
    }

    @Test(
        "a tool beside a server whose log's index was deleted writes nothing, since neither would see the other's locks"
    )
    func toolWithoutIndex() async throws {
        let test = try await TestStore()
        try await test.store.recordExposure(Shop.exposure("ada"))
        let tool = try ExperimentAdministrator.open(at: test.path)
        let before = try tool.beginImport(digest: "before")
        try before.add(Shop.exposure("bob"))
        try before.finish()
        try shell("rm", test.path + "-shm")
        let error = #expect(throws: ExperimentError.self) {
            try ExperimentAdministrator.open(at: test.path).stop("button")
        }
        #expect("\(String(describing: error))".contains("-shm beside the database is not the one"))
        #expect(throws: ExperimentError.self) {
            let records = try ExperimentAdministrator.open(at: test.path).beginImport(digest: "d")
            try records.add(Shop.exposure("cid"))
            try records.finish()
        }
        await test.store.close()
        let reader = try DatabaseFile.openForReading(DatabasePath(test.path))
        #expect(try reader.value("SELECT group_concat(user_id) FROM exposure_log") { $0.text(0) } == "ada,bob")
    }

    @Test("a server whose log's index was deleted stops: others would not see its locks any more")
    func index() async throws {
        let test = try await TestStore()
        try await test.store.recordExposure(Shop.exposure("ada"))
        try shell("rm", test.path + "-shm")
        await #expect(throws: ExperimentError.self) { try await test.store.recordExposure(Shop.exposure("bob")) }
        #expect(test.store.health.failure?.reason == .stopped)
    }
}
