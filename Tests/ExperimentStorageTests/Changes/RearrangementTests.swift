import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

/// The claims that one apply makes of a namespace are looked at as a whole.
@Suite("Rearranging a namespace")
struct RearrangementTests {
    private typealias Defined = Definitions.DefinedExperiment

    private static func claim(
        _ id: String, _ start: Double?, _ end: Double = 1, status: ExperimentStatus? = nil,
        unit: ExperimentUnit = .user, until: Date? = nil
    ) throws -> Defined {
        let namespace = try start.map { try NamespaceClaim("page", from: $0, to: end) }
        let experiment = try Experiment(
            id: id, status: status ?? .running, unit: unit,
            variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")],
            namespace: namespace, endsAt: until)
        return Defined(experiment, status: status)
    }

    /// A store with two experiments that share a namespace.
    private static func halves() async throws -> TestStore {
        let test = try await TestStore()
        try await test.store.apply(Definitions(experiments: [claim("a", 0, 0.5), claim("b", 0.5)]))
        return test
    }

    /// The claims in force, in tenths.
    private static func claims(_ test: TestStore) async throws -> Set<String> {
        let claiming = try await test.store.experiments().filter { $0.experiment.status != .stopped }
        return Set(
            claiming.compactMap { stored in
                stored.experiment.design.namespace.map { claim in
                    "\(stored.experiment.id) \(Int((claim.start * 10).rounded()))-\(Int((claim.end * 10).rounded()))"
                }
            })
    }

    @Test("two running experiments swap ranges in new phases, whichever comes first", arguments: [false, true])
    func swap(isReversed: Bool) async throws {
        let test = try await Self.halves()
        let swapped = try [Self.claim("a", 0.5), Self.claim("b", 0, 0.5)]
        let definitions = Definitions(experiments: isReversed ? swapped.reversed() : swapped)
        let refusal = await #expect(throws: ExperimentError.self) { try await test.store.apply(definitions) }
        #expect(refusal?.description.hasPrefix("namespace of '\(isReversed ? "b" : "a")' cannot change once") == true)
        #expect(try await Self.claims(test) == ["a 0-5", "b 5-10"])
        let changes = try await test.store.apply(definitions, openingPhases: .keepingHash)
        #expect(changes.allSatisfy { $0.changes == [.design(.namespace), .newPhase(2)] })
        #expect(try await Self.claims(test) == ["a 5-10", "b 0-5"])
        #expect(try test.number("SELECT count(*) FROM phase_definition WHERE started_at_us IS NOT NULL") == 5)
        for user in (0..<200).map({ "u\($0)" }) {
            let isLow = DefaultHash("page:\(user):namespace").point < 0.5
            let context = ExperimentContext(userID: user)
            #expect(try test.store.assign("a", for: context).enrollment == (isLow ? .notEnrolled : .enrolled))
            #expect(try test.store.assign("b", for: context).enrollment == (isLow ? .enrolled : .notEnrolled))
        }
        #expect(try await test.store.apply(definitions).allSatisfy(\.isUnchanged))
    }

    @Test("one takes what another gives up: by a smaller range, a stop, an end that has passed, or leaving")
    func handover() async throws {
        for giving in [
            try Self.claim("a", 0, 0.2), try Self.claim("a", 0, 0.5, status: .stopped),
            try Self.claim("a", 0, 0.5, until: .now - 1), try Self.claim("a", nil),
        ] {
            for taker in [try Self.claim("b", 0.2), try Self.claim("c", 0.2, 0.5, status: .draft)] {
                for experiments in [[giving, taker], [taker, giving]] {
                    let test = try await Self.halves()
                    try await test.store.apply(Definitions(experiments: experiments), openingPhases: .keepingHash)
                    let isTaken = try await Self.claims(test).contains(taker.experiment.id == "b" ? "b 2-10" : "c 2-5")
                    #expect(isTaken, "\(experiments)")
                }
            }
        }
    }

    @Test("one that is over before it is defined claims nothing")
    func over() async throws {
        let test = try await Self.halves()
        try await test.store.apply(Definitions(experiments: [Self.claim("c", 0, until: .now - 1)]))
        #expect(try await test.store.experiments()[3].experiment.status == .stopped)
        #expect(try await Self.claims(test) == ["a 0-5", "b 5-10"])
    }

    @Test("any rearrangement is applied exactly when no two claims overlap after it, and is as defined")
    func anyRearrangement() async throws {
        var random = SplitMix(seed: 20)
        let test = try await TestStore()
        let names = ["a", "b", "c", "d"]
        var expected: [String: (range: Range<Int>, status: ExperimentStatus)] = [:]
        var applied = 0
        for _ in 0..<300 {
            var experiments: [Defined] = []
            var after = expected
            for name in names.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random)) {
                let start = Int.random(in: 0..<8, using: &random)
                let range = start..<Int.random(in: start + 1...min(start + 4, 10), using: &random)
                // A draft stays one until it runs, and a stop needs a run before.
                let isDraft = expected[name].map { $0.status == .draft } ?? true
                let choices: [ExperimentStatus] = isDraft ? [.draft, .running] : [.running, .stopped]
                let status = choices.randomElement(using: &random) ?? .running
                experiments.append(
                    try Self.claim(name, Double(range.lowerBound) / 10, Double(range.upperBound) / 10, status: status))
                after[name] = (range, status)
            }
            let claims = after.filter { $0.value.status != .stopped }
            let isApart = claims.allSatisfy { left in
                claims.allSatisfy { left.key == $0.key || !left.value.range.overlaps($0.value.range) }
            }
            do {
                try await test.store.apply(Definitions(experiments: experiments), openingPhases: .keepingHash)
                #expect(isApart)
                expected = after
                applied += 1
            } catch {
                #expect(!isApart && error.status == 400, "\(error)")
            }
            let texts = expected.filter { $0.value.status != .stopped }.map {
                "\($0.key) \($0.value.range.lowerBound)-\($0.value.range.upperBound)"
            }
            #expect(try await Self.claims(test) == Set(texts))
        }
        #expect(40..<260 ~= applied)
    }

    @Test("every overlap is an error of its own, which names both experiments")
    func overlaps() async throws {
        let test = try await Self.halves()
        let administrator = try ExperimentAdministrator.open(at: test.path)
        let plan = try administrator.preview(
            Definitions(experiments: [Self.claim("d", 0.4, 0.6), Self.claim("b", 0.5), Self.claim("c", 0.55, 0.7)]))
        #expect(
            plan.map { $0.refusals.map(\.description) } == [
                [
                    "namespace range of 'd' must not overlap that of 'a'",
                    "namespace range of 'd' must not overlap that of 'b'",
                ], [],
                [
                    "namespace range of 'c' must not overlap that of 'b'",
                    "namespace range of 'c' must not overlap that of 'd'",
                ],
            ])
        let twice = Definitions(experiments: [try Self.claim("d", nil), try Self.claim("d", nil)])
        let error = await #expect(throws: ExperimentError.self) { try await test.store.apply(twice) }
        #expect(error?.status == 400)
    }

    @Test("a namespace is of one unit, while a file in which it is not goes on, its other changes too")
    func units() async throws {
        let test = try await Self.halves()
        let session = try Self.claim("c", 0.9, status: .draft, unit: .session)
        let error = await #expect(throws: ExperimentError.self) {
            try await test.store.apply(
                Definitions(experiments: [Self.claim("b", 0.5, 0.9), session]), openingPhases: .keepingHash)
        }
        #expect(
            error?.description == "namespace of 'c' (unit session) must not be that of 'a' (unit user): experiments of "
                + "different units cannot exclude each other")
        try await test.store.apply(Definitions(experiments: [Self.claim("d", 0.9, status: .stopped, unit: .session)]))
        await #expect(throws: ExperimentError.self) { try await test.store.start("d") }
        await test.store.close()
        // As an earlier version let it in.
        try FileEditor.run("UPDATE experiment_definition SET unit = 'session' WHERE name = 'b'", test.path)
        let again = try await ExperimentStore.open(at: test.path, configuration: TestStore.quiet)
        let planned = try ExperimentPlan(units: 100)
        for id in ["a", "b"] {
            let before = try #require(
                try await again.experiments().first { $0.experiment.id == ExperimentName(id) }?.experiment)
            let changed = try Experiment(
                id: id, unit: before.design.unit, variants: [VariantDefinition("control", isControl: true)],
                plan: planned,
                namespace: before.design.namespace)
            let change = try await again.define(changed, openingPhase: .keepingHash)
            #expect(change.changes == [.design(.variants), .newPhase(2), .plan])
        }
        for claim in [try Self.claim("e", 0.95), try Self.claim("b", 0.6, unit: .session)] {
            await #expect(throws: ExperimentError.self) {
                try await again.define(claim.experiment, openingPhase: .keepingHash)
            }
        }
        await again.close()
    }

    @Test("who sets a holdout is told which running experiments are not under it")
    func holdout() async throws {
        let test = try await Self.halves()
        func kept(_ share: Double, _ experiments: [Defined] = []) async throws -> [String] {
            let definitions = Definitions(experiments: experiments, holdout: try Holdout(name: "h", share: share))
            let tool = try ExperimentAdministrator.open(at: test.path)
            let planned = try tool.preview(definitions, openingPhases: .keepingHash)
            let changes = try await test.store.apply(definitions, openingPhases: .keepingHash)
            #expect(planned.map(\.keptHoldouts) == changes.map(\.keptHoldouts))
            #expect(planned.map(\.changes) == changes.map(\.changes))
            return changes[0].keptHoldouts.map { "\($0.experiment) \($0.holdout?.share ?? 0)" }
        }
        try await test.store.define(Shop.button("draft", status: .draft))
        #expect(try await kept(0) == [])
        #expect(try await kept(0.1) == ["button 0.0", "a 0.0", "b 0.0"])
        try await test.store.stop("a")
        try await test.store.openPhase(of: "b", .keepingHash)
        #expect(try await kept(0.1) == ["button 0.0"])
        // Opened by the same apply.
        try await test.store.stop("button")
        #expect(try await kept(0.2, [Self.claim("b", 0.6)]) == [])
        #expect(try await kept(0) == ["b 0.2"])
        // Started again, and stopped, by the same apply.
        #expect(try await kept(0.3, [Self.claim("button", nil, status: .running)]) == ["button 0.0", "b 0.2"])
        #expect(try await kept(0.3, [Self.claim("button", nil, status: .stopped)]) == ["b 0.2"])
    }

    @Test("a plan waits for nobody who writes, and keeps nobody from writing")
    func lockless() async throws {
        let test = try await Self.halves()
        let tool = try ExperimentAdministrator.open(at: test.path)
        let definitions = Definitions(
            experiments: [try Self.claim("a", 0, 0.6), try Self.claim("c", nil)],
            metrics: [try MetricDefinition(name: "paid", kind: .bool)], holdout: try Holdout(share: 0.1))
        let writer = try Connection.open(test.path, .readWrite)
        let path = try DatabasePath(test.path)
        guard let lock = try FileLock.acquire(path.guardLock, permissions: 0o600, waiting: 0) else {
            Issue.record("the guard lock is taken")
            return
        }
        try writer.execute("BEGIN IMMEDIATE")
        let changes = try tool.preview(definitions, openingPhases: .keepingHash)
        try writer.execute("ROLLBACK")
        lock.release()
        #expect(changes.map(\.isUnchanged) == [false, false, false, false])
        #expect(changes[2].refusals.map(\.description) == ["namespace range of 'a' must not overlap that of 'b'"])
        #expect(try tool.holdout() == nil && tool.metrics().isEmpty && tool.ids() == ["button", "a", "b"])
        await test.store.close()
    }

    @Test("where no server has settled a schedule, a plan says what applying does, and leaves the file as it is")
    func unsettled() async throws {
        let test = try await TestStore()
        await test.store.close()
        try FileEditor.run("UPDATE experiment_definition SET ends_at_us = 1000000", test.path)
        let tool = try ExperimentAdministrator.open(at: test.path)
        let end = Date(microsecondsSince1970: 1_000_000)
        let past = try Experiment(id: "button", variants: Shop.button().design.variants, goals: ["paid"], endsAt: end)
        let definitions = Definitions(experiments: [Defined(past, status: nil)])
        let planned = try tool.preview(definitions)
        #expect(planned.map(\.changes) == [[.goals]])
        #expect(try test.number("SELECT count(*) FROM experiment_definition WHERE status = 'running'") == 1)
        #expect(try tool.apply(definitions).map(\.changes) == [[.goals]])
        #expect(try test.number("SELECT count(*) FROM experiment_definition WHERE status = 'running'") == 0)
    }
}
