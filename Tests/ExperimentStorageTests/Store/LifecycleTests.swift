import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Opening, owning and closing")
struct LifecycleTests {
    @Test("closing writes what is queued, and what comes after is refused")
    func closing() async throws {
        var configuration = TestStore.quiet
        configuration.durability = .enqueued
        let test = try await TestStore(configuration)
        for index in 0..<5_000 { try await test.store.recordExposure(Shop.exposure("user\(index)")) }
        await test.store.close()
        await test.store.close()
        #expect(try test.exposures() == 5_000)
        await #expect(throws: ExperimentError.self) { try await test.store.recordExposure(Shop.exposure("late")) }
        await #expect(throws: ExperimentError.self) { try await test.store.start("button") }
        #expect(try test.store.assign("button", for: ExperimentContext(userID: "a")).experiment == "button")
    }

    @Test("a second server is told who owns the file, and gets it when the first has left")
    func ownership() async throws {
        let test = try await TestStore()
        do {
            _ = try await ExperimentStore.open(at: test.path, configuration: TestStore.quiet)
            Issue.record("two owners")
        } catch {
            #expect("\(error)".contains("owned by"))
        }
        var patient = TestStore.quiet
        patient.ownerWait = .seconds(10)
        async let second = ExperimentStore.open(at: test.path, configuration: patient)
        await test.store.close()
        let next = try await second
        try await next.recordExposure(Shop.exposure("ada"))
        await next.close()
    }

    @Test("a server whose lock file somebody deleted stops once another one has taken the file over")
    func takenOver() async throws {
        let test = try await TestStore()
        try await test.store.recordExposure(Shop.exposure("before"))
        try Files.remove(test.path + "-owner")
        let next = try await ExperimentStore.open(at: test.path, configuration: TestStore.quiet)
        try await next.recordExposure(Shop.exposure("next"))
        do throws(ExperimentError) {
            try await test.store.recordExposure(Shop.exposure("after"))
            Issue.record("two owners")
        } catch {
            #expect("\(error)".contains("writing has stopped"))
        }
        try await next.recordExposure(Shop.exposure("next"))
        #expect(try test.exposures() == 3)
        await test.store.close()
        await next.close()
    }

    @Test("a forked child is refused at once, and its end leaves the parent's store as it was")
    func forked() async throws {
        let folder = TemporaryFolder()
        #expect(try await Program.storeProcess("fork", folder.file("shop.db")) == 0)
        let reader = try DatabaseFile.openForReading(DatabasePath(folder.file("shop.db")))
        #expect(try reader.value("SELECT count(*) FROM outcome_log") { $0.int(0) } == 20)
    }

    @Test("a store that is forgotten lets the file go")
    func forgotten() async throws {
        let folder = TemporaryFolder()
        do { _ = try await TestStore(in: folder) }
        var patient = TestStore.quiet
        patient.ownerWait = .seconds(5)
        let next = try await ExperimentStore.open(at: folder.file("shop.db"), configuration: patient)
        await next.close()
    }

    @Test("flush returns when everything queued before is in the file")
    func flush() async throws {
        var configuration = TestStore.quiet
        configuration.durability = .enqueued
        configuration.queueCapacity = 100
        let test = try await TestStore(configuration)
        for index in 0..<1_000 { try await test.store.recordExposure(Shop.exposure("user\(index)")) }
        try await test.store.flush()
        #expect(try test.exposures() == 1_000)
    }

    @Test("a full queue rejects when asked to, and what was accepted is stored")
    func rejecting() async throws {
        var configuration = TestStore.quiet
        configuration.durability = .enqueued
        configuration.queueCapacity = 10
        configuration.whenQueueIsFull = .reject
        let test = try await TestStore(configuration)
        var accepted = 0
        for index in 0..<5_000 {
            do throws(ExperimentError) {
                try await test.store.recordExposure(Shop.exposure("user\(index)"))
                accepted += 1
            } catch {
                guard case .backend(let failure) = error else { throw error }
                #expect(failure.isTransient)
            }
        }
        try await test.store.flush()
        #expect(try test.exposures() == accepted)
        #expect(accepted < 5_000)
    }

    @Test("callers of many tasks and threads are all served, each once")
    func concurrency() async throws {
        let test = try await TestStore()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<256 {
                group.addTask {
                    for event in 0..<8 { try await test.store.recordExposure(Shop.exposure("\(caller)-\(event)")) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try test.number("SELECT count(DISTINCT user_id) FROM exposure_log") == 2_048)
    }

    @Test("a backup holds every event acknowledged before it, while writing goes on")
    func backup() async throws {
        let test = try await TestStore()
        for index in 0..<100 { try await test.store.recordExposure(Shop.exposure("user\(index)")) }
        async let more: Void = {
            for index in 0..<200 { try await test.store.recordExposure(Shop.exposure("x\(index)")) }
        }()
        try await test.store.backUp(to: test.folder.file("copy.db"))
        try await more
        let copy = try await ExperimentStore.open(at: test.folder.file("copy.db"), configuration: TestStore.quiet)
        #expect(try await copy.experiments().map(\.experiment.id) == ["button"])
        await copy.close()
        let reader = try DatabaseFile.openForReading(DatabasePath(test.folder.file("copy.db")))
        #expect(try reader.value("SELECT count(*) FROM exposure_log WHERE user_id LIKE 'user%'") { $0.int(0) } == 100)
        await #expect(throws: ExperimentError.self) { try await test.store.backUp(to: test.folder.file("copy.db")) }
    }
}
