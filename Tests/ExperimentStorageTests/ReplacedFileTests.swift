import ExperimentStorage
import Experimentation
import Glibc
import TestSupport
import Testing

@Suite("A database that is moved away under a running server")
struct ReplacedFileTests {
    enum Mishap: String, CaseIterable {
        case renamed
        case deleted
        case replaced
        case logDeleted
    }

    @Test("stops the writer before the next acknowledgement", arguments: Mishap.allCases)
    func stops(_ mishap: Mishap) async throws {
        let test = try await TestStore()
        try await test.store.recordExposure(Shop.exposure("before"))
        switch mishap {
        case .renamed: rename(test.path, test.path + ".old")
        case .deleted: unlink(test.path)
        case .replaced:
            try await test.store.backUp(to: test.path + ".copy")
            rename(test.path + ".copy", test.path)
        case .logDeleted: unlink(test.path + "-wal")
        }
        for _ in 0..<2 {
            do {
                try await test.store.recordExposure(Shop.exposure("after"))
                Issue.record("acknowledged into a file that is gone")
            } catch {
                #expect("\(error)".contains("renamed, deleted or replaced"))
                guard case .backend(let failure) = error else { throw error }
                #expect(!failure.isTransient)
            }
        }
        await test.store.close()
    }
}
