import ExperimentStorage
import Experimentation
import StoreTestSupport
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
        for index in 0..<10_000 where try !again.passIfStored() { try again.add(Shop.exposure("user\(index)")) }
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
        // Nor can both try again what was refused.
        let third = try tool.beginImport(digest: "r")
        try third.skip()
        try third.finish()
        let (fourth, fifth) = (try tool.beginImport(digest: "r"), try tool.beginImport(digest: "r"))
        try fourth.add(Shop.exposure("bob"))
        try fourth.finish()
        #expect(throws: ExperimentError.self) { try fifth.add(Shop.exposure("bob")) }
        #expect(try test.exposures() == 2)
        // Asked to, the input is imported once more.
        let again = try tool.beginImport(digest: "d")
        again.restart()
        try again.add(Shop.exposure("ada"))
        try again.finish()
        #expect(try test.exposures() == 3)
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

    /// One import of the users of an input, of whom `refused` have a variant that nobody knows.
    private func importUsers(_ count: Int, refusing refused: Set<Int>, _ tool: ExperimentAdministrator) throws -> Int {
        let records = try tool.beginImport(digest: "d")
        for index in 0..<count where try !records.passIfStored() {
            let variant = refused.contains(index) ? "nobody" : "control"
            do throws(ExperimentError) { try records.add(Shop.exposure("user\(index)", variant)) } catch {
                #expect(refused.contains(index))
            }
        }
        try records.finish()
        #expect(records.settled == count)
        #expect(records.isComplete == refused.isEmpty)
        return records.refused
    }

    @Test("the same input again tries what was refused, and only that, as often as it takes")
    func refused() async throws {
        let test = try await TestStore()
        let tool = try ExperimentAdministrator.open(at: test.path)
        var random = SplitMix(seed: 7)
        var refused = Set((0..<3_000).filter { $0 < 20 || $0 > 2_900 || random.chance(0.3) })
        while true {
            #expect(try importUsers(3_000, refusing: refused, tool) == refused.count)
            #expect(try test.exposures() == 3_000 - refused.count)
            #expect(try test.number("SELECT count(DISTINCT user_id) FROM exposure_log") == 3_000 - refused.count)
            if refused.isEmpty { break }
            refused = refused.count < 50 ? [] : refused.filter { _ in random.chance(0.4) }
        }
        #expect(try test.number("SELECT count(*) FROM import") == 1, "nothing is left of the refused")
    }

    @Test("an import that ends while it tries the refused again goes on with the rest of them")
    func refusedInterrupted() async throws {
        let test = try await TestStore()
        let tool = try ExperimentAdministrator.open(at: test.path)
        _ = try importUsers(20_000, refusing: Set(5..<20_000), tool)
        var dropped: RecordImport? = try tool.beginImport(digest: "d")
        for index in 0..<19_000 where try dropped?.passIfStored() == false {
            try dropped?.add(Shop.exposure("user\(index)"))
        }
        dropped = nil
        let stored = try test.exposures()
        #expect(5..<19_000 ~= stored)
        #expect(try tool.beginImport(digest: "d").refused == 20_000 - stored)
        _ = try importUsers(20_000, refusing: [], tool)
        #expect(try test.number("SELECT count(DISTINCT user_id) FROM exposure_log") == 20_000)
        #expect(try test.exposures() == 20_000)
    }

    @Test("refused records keep a server waiting no longer than others do")
    func refusedTurns() async throws {
        let test = try await TestStore()
        let records = try ExperimentAdministrator.open(at: test.path).beginImport(digest: "d")
        let began = ContinuousClock.now
        var count = 0
        // Some turns long, and long enough in records for several looks at the clock.
        while count < 2_000 || began.duration(to: .now) < .milliseconds(300) {
            #expect(throws: ExperimentError.self) { try records.add(Shop.exposure("ada", "nobody")) }
            count += 1
        }
        #expect(try test.number("SELECT rows FROM import WHERE digest = 'd'") > 0)
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
