import ExperimentStorage
import Experimentation
import TestSupport
import Testing

@Suite("Imports")
struct ImportTests {
    @Test("an interrupted import goes on where it ended, and a finished one adds nothing")
    func resuming() async throws {
        let test = try await TestStore()
        let tool = try ExperimentAdministrator.open(at: test.path)
        var dropped: RecordImport? = try tool.beginImport(digest: "d")
        for index in 0..<10_000 { try dropped?.add(Shop.exposure("user\(index)")) }
        dropped = nil
        let stored = try test.exposures()
        let again = try tool.beginImport(digest: "d")
        #expect(again.settled == stored)
        #expect(!again.isComplete)
        for index in again.settled..<10_000 { try again.add(Shop.exposure("user\(index)")) }
        try again.finish()
        #expect(try test.exposures() == 10_000)
        #expect(try tool.beginImport(digest: "d").isComplete)
        #expect(try !tool.beginImport(digest: "other").isComplete)
    }

    @Test("of two imports of one input at once, one ends with an error, and every record is there once")
    func twins() async throws {
        let test = try await TestStore()
        let tool = try ExperimentAdministrator.open(at: test.path)
        let first = try tool.beginImport(digest: "d")
        let second = try tool.beginImport(digest: "d")
        try first.add(Shop.exposure("ada"))
        try first.finish()
        #expect(throws: ExperimentError.self) { try second.add(Shop.exposure("ada")) }
        #expect(throws: ExperimentError.self) { try second.finish() }
        #expect(try test.exposures() == 1)
        // Asked to, the input is imported once more.
        let again = try tool.beginImport(digest: "d")
        again.restart()
        try again.add(Shop.exposure("ada"))
        try again.finish()
        #expect(try test.exposures() == 2)
    }

    @Test("a record that breaks a rule is settled, not stored, and the import goes on")
    func bad() async throws {
        let test = try await TestStore()
        let records = try ExperimentAdministrator.open(at: test.path).beginImport(digest: "d")
        try records.add(Shop.exposure("ada"))
        #expect(throws: ExperimentError.self) { try records.add(Shop.exposure("")) }
        #expect(throws: ExperimentError.self) { try records.add(Shop.exposure("bob", "nobody")) }
        #expect(throws: ExperimentError.self) { try records.check(Shop.outcome("bob", .numeric(.nan))) }
        #expect(throws: ExperimentError.self) { try records.add(Shop.outcome("bob", experiment: "nothing")) }
        try records.add(Shop.outcome("ada", .numeric(3)))
        try records.finish()
        #expect(records.settled == 5)
        #expect(try test.exposures() == 1)
        #expect(try test.outcomes() == 1)
    }

    @Test("a server goes on recording while a large import runs beside it, and nothing is lost")
    func beside() async throws {
        let test = try await TestStore()
        let path = test.path
        let imported = Task.detached {
            let records = try ExperimentAdministrator.open(at: path).beginImport(digest: "d")
            for index in 0..<30_000 { try records.add(Shop.exposure("imported\(index)")) }
            try records.finish()
        }
        var recorded = 0
        while recorded < 300 {
            try await test.store.recordExposure(Shop.exposure("served\(recorded)"))
            recorded += 1
        }
        try await imported.value
        #expect(try test.exposures() == 30_300)
    }
}
