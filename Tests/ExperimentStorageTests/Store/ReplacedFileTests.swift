import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("A database that is moved away under a running server")
struct ReplacedFileTests {
    enum Mishap: String, CaseIterable {
        case renamed
        case deleted
        case replaced
        case overwritten
        case truncated
        case emptied
        case logDeleted
    }

    @Test("stops the writer before the next acknowledgement", arguments: Mishap.allCases)
    func stops(_ mishap: Mishap) async throws {
        let test = try await TestStore()
        try await test.store.recordExposure(Shop.exposure("before"))
        switch mishap {
        case .renamed: try Files.rename(test.path, to: test.path + ".old")
        case .deleted: try Files.remove(test.path)
        case .replaced:
            try await test.store.backUp(to: test.path + ".copy")
            try Files.rename(test.path + ".copy", to: test.path)
        case .overwritten:
            try await test.store.backUp(to: test.path + ".copy")
            // By a program of its own: opening and closing the file in this process would drop SQLite's locks.
            #expect(try Program.run("cp", [test.path + ".copy", test.path]).code == 0)
        case .truncated: try Files.truncate(test.path, to: 8_192)
        case .emptied: try Files.truncate(test.path, to: 0)
        case .logDeleted: try Files.remove(test.path + "-wal")
        }
        for _ in 0..<2 {
            await expectRefusal { () async throws(ExperimentError) in
                try await test.store.recordExposure(Shop.exposure("after"))
            }
        }
        await test.store.close()
    }

    @Test("stops changes of the definitions too")
    func definitions() async throws {
        let test = try await TestStore()
        try Files.rename(test.path, to: test.path + ".old")
        await expectRefusal { () async throws(ExperimentError) in try await test.store.stop("button") }
        await expectRefusal { () async throws(ExperimentError) in
            try await test.store.recordExposure(Shop.exposure("after"))
        }
        await test.store.close()
    }

    private func expectRefusal(_ body: () async throws(ExperimentError) -> Void) async {
        do throws(ExperimentError) {
            try await body()
            Issue.record("acknowledged into a file that is gone")
        } catch {
            guard case .backend(let failure) = error else {
                Issue.record("not a failure of the backend")
                return
            }
            #expect(failure.message.contains("writing has stopped"))
            #expect(!failure.isTransient)
        }
    }

    @Test("does not stop at checkpoints of its own, nor at an outsider's write")
    func goesOn() async throws {
        var configuration = TestStore.quiet
        configuration.checkpointPages = 1
        let test = try await TestStore(configuration)
        for index in 0..<200 { try await test.store.recordExposure(Shop.exposure("user\(index)")) }
        try FileEditor.run("UPDATE metric_definition SET direction = 'decrease'", test.path)
        for index in 0..<200 { try await test.store.recordExposure(Shop.exposure("user\(index)")) }
        #expect(try test.exposures() == 400)
        await test.store.close()
    }
}
