import ExperimentDatabase
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("A deploy without a gap")
struct JoinTests {
    private static var joining: StoreConfiguration {
        var configuration = TestStore.quiet
        configuration.whenOwned = .join
        configuration.definitionRefresh = .milliseconds(20)
        return configuration
    }

    private func isOwner(_ path: String) throws -> Bool {
        try FileLock.isHeld(path + "-owner", permissions: 0o600)
    }

    @Test("a new process records durably at once while the old one drains, and owns the file when that has left")
    func joins() async throws {
        let test = try await TestStore()
        try await test.store.recordExposure(Shop.exposure("old"))
        let next = try await ExperimentStore.open(at: test.path, configuration: Self.joining)
        #expect(try next.assign("button", for: ExperimentContext(userID: "ada")).experiment == "button")
        for index in 0..<50 {
            async let old: Void = test.store.recordExposure(Shop.exposure("old\(index)"))
            async let new: Void = next.recordExposure(Shop.exposure("new\(index)"))
            _ = try await (old, new)
        }
        #expect(try test.exposures() == 101)
        await test.store.close()
        try await next.recordExposure(Shop.exposure("alone"))
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(20)
        while try !isOwner(test.path), clock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        try await next.recordExposure(Shop.exposure("owner"))
        #expect(try test.exposures() == 103)
        #expect(next.health == .writing)
        await #expect(throws: ExperimentError.self) {
            _ = try await ExperimentStore.open(at: test.path, configuration: TestStore.quiet)
        }
        await next.close()
        #expect(try test.number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") == 1)
    }

    @Test("definitions change for both, whichever of them changed them")
    func definitions() async throws {
        let test = try await TestStore(Self.joining)
        let next = try await ExperimentStore.open(at: test.path, configuration: Self.joining)
        try await next.stop("button", winner: "treatment")
        let context = ExperimentContext(userID: "ada")
        let deadline = ContinuousClock.now + .seconds(20)
        while try test.store.assign("button", for: context).enrollment != .notRunning, .now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try test.store.assign("button", for: context).variantID == "treatment")
        await test.store.close()
        await next.close()
    }

    @Test("a third process that joins does not stop the second when it is the first to own the file")
    func three() async throws {
        let test = try await TestStore()
        var slow = Self.joining
        slow.definitionRefresh = .seconds(3_600)
        let second = try await ExperimentStore.open(at: test.path, configuration: slow)
        let third = try await ExperimentStore.open(at: test.path, configuration: Self.joining)
        try await second.recordExposure(Shop.exposure("second"))
        await test.store.close()
        let deadline = ContinuousClock.now + .seconds(20)
        while try !isOwner(test.path), .now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        try await third.recordExposure(Shop.exposure("third"))
        try await second.recordExposure(Shop.exposure("second again"))
        #expect(try test.exposures() == 3)
        await second.close()
        await third.close()
    }

    @Test("with no owner there it owns the file from the beginning, and creates one")
    func alone() async throws {
        let folder = TemporaryFolder()
        let store = try await ExperimentStore.open(at: folder.file("shop.db"), configuration: Self.joining)
        #expect(try isOwner(folder.file("shop.db")))
        await store.close()
    }
}
