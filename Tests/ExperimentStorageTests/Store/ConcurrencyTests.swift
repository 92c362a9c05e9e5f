import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import ExperimentationTesting
import StoreTestSupport
import TestSupport
import Testing

@Suite("Many callers, and others beside them")
struct ConcurrencyTests {
    @Test("256 callers, a read-only shell in a loop, a backup and a change by the tool: no error, no torn read")
    func everything() async throws {
        var configuration = TestStore.quiet
        configuration.checkpointPages = 50
        let test = try await TestStore(configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<256 {
                group.addTask {
                    for event in 0..<40 { try await test.store.recordExposure(Shop.exposure("\(caller)-\(event)")) }
                }
            }
            group.addTask { try await self.read(test, until: 10_240) }
            group.addTask {
                try await test.store.backUp(to: test.folder.file("copy.db"))
                try await test.store.define(Shop.button("another"))
            }
            group.addTask { try await onThread { try self.administer(test.path) } }
            try await group.waitForAll()
        }
        #expect(try test.exposures() == 10_240)
        #expect(try test.number("SELECT count(DISTINCT user_id) FROM exposure_log") == 10_240)
        let defined = try await test.store.experiments().map(\.experiment.id)
        #expect(Set(defined) == ["button", "another", "tool's"])
        let copy = try DatabaseFile.openForReading(DatabasePath(test.folder.file("copy.db")))
        #expect(try copy.value("PRAGMA integrity_check") { $0.text(0) } == "ok")
        await test.store.close()
    }

    /// Rows never go away, and none is missing in the middle.
    private func read(_ test: TestStore, until count: Int) async throws {
        let sql = """
            .timeout 5000
            SELECT count(*) = coalesce(max(exposure_id), 0) FROM exposure_log;

            """
        while try test.exposures() < count {
            let answer = try await onThread {
                try Program.run("sqlite3", ["-bail", "-readonly", test.path], input: sql)
            }
            #expect(answer.output == "1\n", "\(answer.errors)")
        }
    }

    private func administer(_ path: String) throws {
        let tool = try ExperimentAdministrator.open(at: path)
        _ = try tool.apply(
            Definitions(experiments: [Definitions.DefinedExperiment(try Shop.button("tool's"), status: nil)]))
    }

    @Test("callers that meet the end of the store: each is stored or told, never both and never neither")
    func closing() async throws {
        let test = try await TestStore()
        let acknowledged = await withTaskGroup(of: Int.self) { group in
            for caller in 0..<64 {
                group.addTask {
                    var count = 0
                    while (try? await test.store.recordExposure(Shop.exposure("\(caller)-\(count)"))) != nil {
                        count += 1
                    }
                    return count
                }
            }
            for _ in 0..<8 {
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(100))
                    await test.store.close()
                    return 0
                }
            }
            return await group.reduce(0, +)
        }
        #expect(acknowledged > 0)
        #expect(try test.exposures() == acknowledged)
    }

    @Test("every kind of bad input in one batch: each is told its field, nothing of it is stored, neighbours are")
    func badNeighbours() async throws {
        let names = ["checkout_button_color", "by session"]
        let test = try await TestStore(
            defining: [
                Shop.button(), Shop.button(names[0]),
                Experiment(id: names[1], unit: .session, variants: Shop.button().design.variants),
            ])
        let bad = BadInput.all.flatMap { bad in bad.calls.map { (bad.field, $0) } } + Self.badForAStore
        // An outsider's lock gathers everything into one batch.
        let outsider = try Connection.open(test.path, .readWrite)
        try outsider.execute("BEGIN IMMEDIATE")
        async let pending = withTaskGroup(of: (String?, String?).self) { group in
            for (field, call) in bad {
                group.addTask { (field, await Self.refusedField(call, test.store)) }
                group.addTask {
                    (nil, await Self.refusedField(.exposure(Shop.exposure("neighbour")), test.store))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        try await Task.sleep(for: .milliseconds(200))
        try outsider.execute("COMMIT")
        let results = await pending
        for (expected, found) in results { #expect(expected == found) }
        #expect(try test.exposures() == bad.count)
        #expect(try test.outcomes() == 0)
    }

    /// The calls that this store refuses beyond what every plugin must, with the field that the refusal names.
    private static let badForAStore: [(String, Call)] = [
        (
            "session_id",
            .exposure("ada") { ($0.sessionID, $0.attributes) = ("caf\u{e9}", ["session_id": "cafe\u{301}"]) }
        ),
        ("attributes", .exposure("ada") { $0.attributes = ["note": String(repeating: "x", count: 65_536)] }),
        ("not found", .exposure("ada") { $0.experiment = "nothing" }),
        ("not found", .outcome("ada") { $0.experiment = "nothing" }),
    ]

    /// The field that a store names when it refuses a call; nil when it takes the record.
    private static func refusedField(_ call: Call, _ store: ExperimentStore) async -> String? {
        do throws(ExperimentError) {
            try await call.make(on: store)
            return nil
        } catch {
            switch error {
            case .invalidContext(let input): return input.field
            case .experimentNotFound: return "not found"
            case .backend: return "backend"
            }
        }
    }
}
