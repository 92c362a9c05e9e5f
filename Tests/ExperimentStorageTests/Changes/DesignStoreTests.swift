import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Designs in the store")
struct DesignStoreTests {
    private static let variants = [VariantDefinition("control", isControl: true), VariantDefinition("treatment")]

    private static func experiment(
        _ id: String = "designed", status: ExperimentStatus = .running, coverage: Double = 1,
        namespace: NamespaceClaim? = nil, overrides: [VariantOverride] = [], from: Date? = nil, until: Date? = nil,
        seed: String? = nil
    ) throws -> Experiment {
        try Experiment(
            id: id, status: status, variants: variants, coverage: coverage, namespace: namespace, overrides: overrides,
            startsAt: from, endsAt: until, seed: seed)
    }

    private static func answers(_ plugin: some ExperimentPlugin, _ id: String = "designed") throws -> [Variant] {
        try (0..<300).map { try plugin.assign(id, for: ExperimentContext(userID: "u\($0)")) }
    }

    @Test("a design comes back as it was, also after reopening, and assigns as the hash plugin does")
    func roundTrip() async throws {
        let test = try await TestStore()
        let holdout = try Holdout(share: 0.1)
        let designed = try Self.experiment(
            coverage: 0.8, namespace: NamespaceClaim("checkout", from: 0.25, to: 1),
            overrides: [.init(unitID: "u1", variantID: "treatment"), .init(unitID: "é", variantID: "control")],
            from: Date(timeIntervalSince1970: 1_000_000.25), until: .now + 86_400, seed: "winter")
        try await test.store.apply(
            Definitions(experiments: [Definitions.DefinedExperiment(designed, status: nil)], holdout: holdout))
        let expected = try Self.answers(HashExperimentPlugin([designed], holdout: holdout))
        #expect(Set(expected.map(\.enrollment)) == [.enrolled, .override, .notEnrolled])
        #expect(try Self.answers(test.store) == expected)
        #expect(try await test.define(designed).isUnchanged)
        await test.store.close()
        let again = try await ExperimentStore.open(at: test.path, configuration: TestStore.quiet)
        #expect(try await again.experiments()[1].experiment == designed)
        #expect(try await again.experiments()[1].holdout == holdout)
        #expect(try Self.answers(again) == expected)
        await again.close()
        let reader = try ExperimentReader.open(at: test.path)
        #expect(try reader.assign("designed", for: ExperimentContext(userID: "u1")) == expected[1])
        #expect(try reader.holdout() == holdout)
    }

    @Test("coverage is raised within the phase, and lowered only in a new one")
    func coverage() async throws {
        let test = try await TestStore()
        try await test.define(Self.experiment(coverage: 0.2))
        let change = try await test.define(Self.experiment(coverage: 0.5))
        #expect(change.changes == [.coverageRaised(from: 0.2, to: 0.5)])
        #expect(try await test.store.experiments()[1].phase == 1)
        let error = await #expect(throws: ExperimentError.self) {
            try await test.define(Self.experiment(coverage: 0.4))
        }
        #expect(error?.description.hasPrefix("coverage of 'designed' cannot change") == true)
        try await test.define(Self.experiment(coverage: 0.4), openingPhase: .keepingHash)
        #expect(try await test.store.experiments()[1].phase == 2)
        #expect(try await test.store.experiments()[1].experiment.design.coverage == 0.4)
        #expect(try test.number("SELECT count(*) FROM phase_coverage") == 3)
    }

    @Test("a new phase keeps everybody's variant, or shuffles all by experiment#n; the definition stays applicable")
    func phases() async throws {
        let test = try await TestStore()
        let definition = try Self.experiment()
        try await test.define(definition)
        let first = try Self.answers(test.store)
        try await test.store.openPhase(of: "designed", .keepingHash)
        let second = try Self.answers(test.store)
        #expect(second.map(\.variantID) == first.map(\.variantID))
        #expect(first.allSatisfy { $0.phase == 1 } && second.allSatisfy { $0.phase == 2 })
        try await test.store.openPhase(of: "designed", .rerandomizing)
        let third = try Self.answers(test.store)
        for (index, answer) in third.enumerated() {
            let isControl = DefaultHash("designed#3:u\(index)").point < 0.5
            #expect(answer.isControl == isControl)
        }
        #expect(try await test.define(definition).isUnchanged)
        try await test.define(Self.experiment(coverage: 0.9), openingPhase: .keepingHash)
        #expect(try await test.store.experiments()[1].seed == "designed#3")
        try await test.define(Self.experiment(coverage: 0.8, seed: "spring"), openingPhase: .rerandomizing)
        #expect(try await test.store.experiments()[1].seed == "spring#5")
        await #expect(throws: ExperimentError.self) { try await test.define(Self.experiment(coverage: 0.8)) }
        try await test.define(Self.experiment("later", status: .draft))
        await #expect(throws: ExperimentError.self) { try await test.store.openPhase(of: "later", .keepingHash) }
    }

    @Test("a namespace's ranges are claimed by who comes first, and free once it is stopped")
    func namespaces() async throws {
        let test = try await TestStore()
        func claim(_ id: String, _ start: Double, _ end: Double) throws -> Experiment {
            try Self.experiment(id, namespace: NamespaceClaim("checkout", from: start, to: end))
        }
        try await test.define(claim("a", 0, 0.5))
        let error = await #expect(throws: ExperimentError.self) { try await test.define(claim("b", 0.4, 1)) }
        #expect(error?.status == 400)
        #expect(error?.description == "namespace range of 'b' must not overlap that of 'a'")
        try await test.define(claim("b", 0.5, 1))
        try await test.store.stop("a")
        try await test.define(claim("c", 0, 0.3))
        let again = await #expect(throws: ExperimentError.self) { try await test.store.start("a") }
        #expect(again?.description == "namespace range of 'a' must not overlap that of 'c'")
        await #expect(throws: ExperimentError.self) { try await test.define(claim("b", 0.6, 1)) }
        try await test.define(claim("b", 0.6, 1), openingPhase: .keepingHash)
        try await test.define(claim("d", 0.5, 0.6))
    }

    @Test("a phase keeps the holdout it started with; the next one takes over the one in force")
    func holdout() async throws {
        let test = try await TestStore()
        try await test.define(Self.experiment())
        let before = try Self.answers(test.store)
        try await test.store.apply(Definitions(holdout: Holdout(share: 0.3)))
        #expect(try Self.answers(test.store) == before)
        try await test.store.openPhase(of: "designed", .keepingHash)
        let after = try Self.answers(test.store)
        for (index, answer) in after.enumerated() {
            let isHeldOut = DefaultHash("holdout:u\(index):holdout").point < 0.3
            #expect(answer.enrollment == (isHeldOut ? .notEnrolled : .enrolled))
            #expect(isHeldOut || answer.variantID == before[index].variantID)
        }
        try await test.store.apply(Definitions(holdout: Holdout(share: 0)))
        #expect(try Self.answers(test.store) == after)
        try await test.define(Self.experiment("fresh"))
        #expect(try Self.answers(test.store, "fresh").allSatisfy { $0.enrollment == .enrolled })
    }

    @Test("assign follows a schedule within the refresh, and the file's status follows too")
    func schedule() async throws {
        var configuration = TestStore.quiet
        configuration.definitionRefresh = .milliseconds(10)
        let test = try await TestStore(configuration)
        let context = ExperimentContext(userID: "ada")
        let start = Date.now + 0.3
        try await test.define(Self.experiment(from: start))
        #expect(try await comesTrue { try test.store.assign("designed", for: context).enrollment == .enrolled })
        #expect(Date.now >= start)
        let end = max(start, Date.now) + 0.3
        try await test.define(Self.experiment(from: start, until: end))
        #expect(
            try await comesTrue {
                // Whoever asks for the definitions makes assign follow; the file must follow none the less.
                _ = try await test.store.experiments()
                return try test.store.assign("designed", for: context).enrollment == .notRunning
            })
        #expect(Date.now >= end)
        #expect(try await comesTrue { try await test.store.experiments()[1].experiment.status == .stopped })
        let stored = try await test.store.experiments()[1]
        let microsecond = 0.000_001
        #expect(abs((stored.startedAt ?? .distantPast).timeIntervalSince(start)) < microsecond)
        #expect(abs((stored.stoppedAt ?? .distantPast).timeIntervalSince(end)) < microsecond)
    }

    @Test("before its scheduled start an experiment can change freely, afterwards it is fixed")
    func scheduledPhase() async throws {
        let test = try await TestStore()
        let ahead = Date.now + 3_600
        try await test.define(Self.experiment(coverage: 0.5, from: ahead))
        try await test.define(Self.experiment(coverage: 0.2, from: ahead + 60))
        #expect(try await test.store.experiments()[1].phase == 1)
        // By hand at once, whatever the schedule says.
        try await test.store.start("designed")
        #expect(try await test.store.experiments()[1].experiment.schedule.startsAt == nil)
        #expect(try Self.answers(test.store).contains { $0.enrollment == .enrolled })
        await #expect(throws: ExperimentError.self) { try await test.define(Self.experiment(coverage: 0.1)) }
        await #expect(throws: ExperimentError.self) {
            try await test.define(Self.experiment(coverage: 0.2, from: ahead))
        }
        // An end that has passed stops it, and the file that says so can be applied again.
        let over = try Self.experiment(coverage: 0.2, until: .now - 1)
        try await test.define(over)
        #expect(try await test.store.experiments()[1].experiment.status == .stopped)
        #expect(try await test.define(over).isUnchanged)
        #expect(try Self.answers(test.store).allSatisfy { $0.enrollment == .notRunning && $0.isControl })
    }

    @Test("testers come and go within the phase, and never enter the results")
    func overrides() async throws {
        let test = try await TestStore()
        try await test.define(Self.experiment())
        let tester = VariantOverride(unitID: "u1", variantID: "treatment")
        #expect(try await test.define(Self.experiment(overrides: [tester])).changes == [.overrides])
        let context = ExperimentContext(userID: "u1")
        let variant = try test.store.assign("designed", for: context)
        try await test.store.recordExposure(ExposureRecord(of: variant, to: context))
        try await test.store.recordOutcome(Shop.outcome("u1", experiment: "designed"))
        #expect(try test.number("SELECT count(*) FROM first_exposures") == 0)
        #expect(try test.number("SELECT count(*) FROM discarded_outcomes WHERE reason = 'override'") == 1)
        try await test.define(Self.experiment())
        #expect(try test.store.assign("designed", for: context).enrollment == .enrolled)
    }

    @Test("an unknown algorithm is refused by name, and so is a file that a program without it opens")
    func algorithms() async throws {
        struct First: UnitAssigning {
            func index(of unitID: String) -> Int? { 0 }
        }
        var configuration = TestStore.quiet
        let name = AssignmentAlgorithm(rawValue: "first")
        configuration.algorithms = AssignmentAlgorithms([
            name: { (_, _) throws(ExperimentError) in First() }
        ])
        let test = try await TestStore(configuration)
        func make(_ algorithm: AssignmentAlgorithm) throws -> Experiment {
            try Experiment(id: "e", variants: Self.variants, algorithm: algorithm, settings: "{\"a\": 1}")
        }
        let error = await #expect(throws: ExperimentError.self) {
            try await test.define(make(AssignmentAlgorithm(rawValue: "last")))
        }
        #expect(error?.description == "algorithm of 'e' must be one of first, fnv1a64-fmix64")
        try await test.define(make(name))
        #expect(try Self.answers(test.store, "e").allSatisfy { $0.variantID == "control" })
        #expect(try await test.store.experiments()[1].experiment == make(name))
        await test.store.close()
        let failure = await #expect(throws: ExperimentError.self) {
            _ = try await ExperimentStore.open(at: test.path, configuration: TestStore.quiet)
        }
        #expect(failure?.description.contains("'e'") == true)
        #expect(try ExperimentReader.open(at: test.path).list().experiments.count == 2)
    }
}
