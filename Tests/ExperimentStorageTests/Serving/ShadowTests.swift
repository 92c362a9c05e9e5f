import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Shadows")
struct ShadowTests {
    private func store(_ shadows: [Experiment], _ algorithms: AssignmentAlgorithms = .standard) async throws
        -> TestStore
    {
        var configuration = TestStore.quiet
        configuration.shadows = shadows
        configuration.algorithms = algorithms
        return try await TestStore(configuration)
    }

    /// The button test by another seed, or in a part of the units.
    private func other(seed: String? = nil, coverage: Double = 1) throws -> Experiment {
        let button = try Shop.button()
        return try Experiment(
            id: button.id.text, status: .draft, variants: button.design.variants, coverage: coverage, seed: seed)
    }

    private func answers(_ plugin: some ExperimentPlugin, _ users: Range<Int>) throws -> [Variant] {
        try users.map { try plugin.assign("button", for: ExperimentContext(userID: "u\($0)")) }
    }

    @Test("every difference is counted, and nobody gets the shadow's answer")
    func counted() async throws {
        let test = try await store([other(seed: "another seed")])
        let given = try answers(test.store, 0..<2_000)
        #expect(try given == answers(HashExperimentPlugin([Shop.button()]), 0..<2_000))
        let shadow = try Experiment(id: "button", variants: Shop.button().design.variants, seed: "another seed")
        let different = try zip(given, answers(HashExperimentPlugin([shadow]), 0..<2_000)).count { $0 != $1 }
        #expect(different > 900 && different < 1_100)
        #expect(
            test.store.shadowCounts.map { [$0.compared, $0.disagreed] } == [[2_000, different]])
        await test.store.close()
    }

    @Test("the same definition never differs; a unit enrolled by only one of the two does")
    func enrollment() async throws {
        let same = try await store([other()])
        _ = try answers(same.store, 0..<500)
        #expect(same.store.shadowCounts.map { [$0.compared, $0.disagreed] } == [[500, 0]])
        await same.store.close()
        let part = try await store([other(coverage: 0.5)])
        _ = try answers(part.store, 0..<500)
        let covered = try Experiment(id: "button", variants: Shop.button().design.variants, coverage: 0.5)
        let out = try answers(HashExperimentPlugin([covered]), 0..<500).count { $0.enrollment == .notEnrolled }
        #expect(part.store.shadowCounts.map { [$0.compared, $0.disagreed] } == [[500, out]])
        await part.store.close()
    }

    @Test("testers, experiments that don't run, refused calls and other experiments are not compared")
    func uncompared() async throws {
        let test = try await store([other(seed: "another seed")])
        try await test.store.define(Shop.button("other"))
        _ = try test.store.assign("other", for: ExperimentContext(userID: "u"))
        #expect(throws: ExperimentError.self) { try test.store.assign("button", for: ExperimentContext(userID: "")) }
        try await test.store.stop("button")
        _ = try answers(test.store, 0..<10)
        #expect(test.store.shadowCounts.map(\.compared) == [0])
        await test.store.close()
        let plain = try await store([])
        _ = try answers(plain.store, 0..<10)
        #expect(plain.store.shadowCounts == [])
        await plain.store.close()
    }

    @Test("callers on many threads lose no count")
    func concurrent() async throws {
        let test = try await store([other(seed: "another seed")])
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask { _ = try? answers(test.store, (task * 500)..<(task * 500 + 500)) }
            }
        }
        #expect(test.store.shadowCounts.map(\.compared) == [4_000])
        await test.store.close()
    }

    @Test("a shadow by an unknown algorithm, or two of one experiment, are refused when the store opens")
    func refused() async throws {
        let unknown = try Experiment(
            id: "button", variants: Shop.button().design.variants, algorithm: AssignmentAlgorithm(rawValue: "moon"))
        for shadows in [[unknown], try [other(), other()]] {
            let error = await #expect(throws: ExperimentError.self) { try await store(shadows) }
            #expect(error?.status == 400)
        }
    }
}
