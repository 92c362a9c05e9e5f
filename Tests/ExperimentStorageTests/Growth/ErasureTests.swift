import ExperimentDatabase
import ExperimentDefinitions
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentStorage

@Suite("Erasure of a user or a session")
struct ErasureTests {
    private static let ada = ErasedIDs(users: ["ada-lovelace"])

    /// Ten users with an exposure and outcomes each, some of them before, one of them in both variants; and whoever is
    /// named besides them, between the others.
    private func record(_ store: ExperimentStore, with users: [String] = []) async throws {
        for number in 0..<10 {
            for user in (number == 5 ? users : []) + ["user\(number)"] {
                let variant = number % 2 == 0 ? "control" : "treatment"
                try await store.recordExposure(Shop.exposure(user, variant, second: 100))
                try await store.recordOutcome(Shop.outcome(user, .numeric(Double(number)), second: 200))
                try await store.recordOutcome(Shop.outcome(user, .numeric(3), second: 50, experiment: nil))
                if number == 5 { try await store.link(sessionID: "s-\(user)", userID: user, at: .now) }
            }
        }
        try await store.recordExposure(Shop.exposure("user3", "control", second: 150))
    }

    /// The results that the views make of a file, without the rows' numbers.
    private func results(_ test: TestStore) throws -> [[String]] {
        try [
            "SELECT experiment, metric, kind, variant_id, units, units_with_outcome, sum, mean, variance FROM results",
            "SELECT experiment, reason, count(*), sum(value) FROM discarded_outcomes GROUP BY 1, 2",
            "SELECT experiment, unit_id, variant_id, exposures, is_crossover FROM first_exposures ORDER BY 2",
            "SELECT session_id, user_id FROM link_log",
        ].map(test.rows)
    }

    /// Whether bytes are anywhere in the file or in what lies beside it.
    private func contains(_ text: String, _ path: String) throws -> Bool {
        try ["", "-wal", "-shm", "-journal"].contains { suffix in
            guard FileStatus(path + suffix) != nil else { return false }
            return try Data(contentsOf: URL(filePath: path + suffix)).range(of: Data(text.utf8)) != nil
        }
    }

    private func violations(_ path: String) throws -> [String] {
        let verifier = try ExperimentVerifier(at: path)
        return try
            (verifier.checkExposures().violations + verifier.checkOutcomes().violations
            + verifier.checkLinks().violations).map(\.rule)
    }

    @Test("results are those of the same data without the unit, and its bytes are nowhere")
    func equal() async throws {
        let (test, without) = (try await TestStore(), try await TestStore())
        try await record(test.store, with: ["ada-lovelace"])
        try await record(without.store)
        var button = try Shop.button("copy")
        try await test.define(button)
        try await without.define(button)
        button = try Experiment(
            id: "copy", variants: button.design.variants,
            overrides: [VariantOverride(unitID: "ada-lovelace", variantID: "treatment")])
        try await test.define(button)
        await test.store.close()
        await without.store.close()
        #expect(try contains("ada-lovelace", test.path))
        #expect(try results(test) != results(without))
        let tool = try ExperimentAdministrator.open(at: test.path)
        let rows = try tool.countRows(of: Self.ada)
        #expect(rows == (1, 2, 1))
        let receipt = try tool.erase(Self.ada)
        #expect(receipt.isComplete)
        #expect((receipt.exposures, receipt.outcomes, receipt.links) == (1, 2, 1))
        #expect(try results(test) == results(without))
        #expect(try !contains("ada-lovelace", test.path))
        #expect(try violations(test.path) == [])
    }

    @Test(
        "beside a server that records, which empties its log and goes on; the numbers of removed rows are not used again"
    )
    func besideServer() async throws {
        var configuration = TestStore.quiet
        configuration.definitionRefresh = .milliseconds(20)
        let test = try await TestStore(configuration)
        try await record(test.store, with: ["ada-lovelace"])
        // The last rows of both logs are among those that go.
        try await test.store.recordExposure(Shop.exposure("ada-lovelace"))
        try await test.store.recordOutcome(Shop.outcome("ada-lovelace"))
        let (exposures, outcomes) = (try test.exposures(), try test.outcomes())
        let recording = Task {
            for number in 0..<300 { try await test.store.recordExposure(Shop.exposure("later\(number)")) }
        }
        let receipt = try ExperimentAdministrator.open(at: test.path).erase(Self.ada)
        try await recording.value
        try await test.store.recordOutcome(Shop.outcome("later"))
        #expect(receipt.isComplete)
        #expect((receipt.exposures, receipt.outcomes) == (2, 3))
        #expect(test.store.health == .writing)
        #expect(try test.number("SELECT max(outcome_id) FROM outcome_log") == outcomes + 1)
        #expect(try test.number("SELECT max(exposure_id) FROM exposure_log") == exposures + 300)
        #expect(try test.exposures() == exposures - 2 + 300)
        #expect(try !contains("ada-lovelace", test.path))
        #expect(try violations(test.path) == [])
        await test.store.close()
        #expect(try !contains("ada-lovelace", test.path))
    }

    @Test(
        "without a server too: whoever records next goes on above the last number that there was",
        arguments: [false, true])
    func numbers(_ isImport: Bool) async throws {
        let test = try await TestStore()
        for user in ["bob", "ada-lovelace"] { try await test.store.recordExposure(Shop.exposure(user, id: user)) }
        await test.store.close()
        let tool = try ExperimentAdministrator.open(at: test.path)
        _ = try tool.erase(Self.ada)
        let later = ["bob", "cid", "dan"].map { Shop.exposure($0, id: $0) }
        if isImport {
            let records = try tool.beginImport(digest: "d")
            for exposure in later { try records.add(exposure) }
            try records.finish()
        } else {
            let store = try await ExperimentStore.open(at: test.path, configuration: TestStore.quiet)
            for exposure in later { try await store.recordExposure(exposure) }
            await store.close()
        }
        #expect(try test.rows("SELECT exposure_id, user_id FROM exposure_log") == ["1|bob", "3|cid", "4|dan"])
        #expect(try violations(test.path) == [])
    }

    @Test("a later import leaves out what is of an erased unit, and takes the rest")
    func imports() async throws {
        let test = try await TestStore()
        await test.store.close()
        let tool = try ExperimentAdministrator.open(at: test.path)
        _ = try tool.erase(ErasedIDs(users: ["ada-lovelace"], sessions: ["s1"]))
        let records = try tool.beginImport(digest: "d")
        try records.check(Shop.exposure("ada-lovelace"))
        for user in ["ada-lovelace", "bob", "s1"] {
            try records.add(Shop.exposure(user))
            try records.add(Shop.outcome(user))
            try records.add(LinkRecord(sessionID: "s-\(user)", userID: UnitID(user), timestampMicroseconds: 1))
        }
        try records.add(LinkRecord(sessionID: "s1", userID: "bob", timestampMicroseconds: 1))
        try records.finish()
        #expect(records.erased == 4)
        #expect(try test.rows("SELECT user_id FROM exposure_log") == ["bob", "s1"])
        #expect(try test.rows("SELECT user_id FROM link_log") == ["bob", "s1"])
        #expect(try !contains("ada-lovelace", test.path))
    }

    @Test(
        "a reader keeps copies in the log: the receipt says so, and the server empties the log once the reader is gone")
    func reader() async throws {
        var configuration = TestStore.quiet
        configuration.definitionRefresh = .milliseconds(20)
        let test = try await TestStore(configuration)
        try await record(test.store, with: ["ada-lovelace"])
        let reader = try Connection.open(test.path, .readOnly)
        let snapshot = try reader.begin(.deferred)
        _ = try reader.value("SELECT count(*) FROM exposure_log") { $0.int(0) }
        let tool = try ExperimentAdministrator.open(at: test.path)
        let receipt = try tool.erase(Self.ada, waiting: .milliseconds(100))
        #expect(receipt.endedAt != nil && !receipt.isComplete)
        #expect(try contains("ada-lovelace", test.path))
        try snapshot.commit()
        for _ in 0..<500 where try !ExperimentVerifier(at: test.path).removals().allSatisfy(\.isComplete) {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try ExperimentVerifier(at: test.path).removals().map(\.isComplete) == [true])
        #expect(try !contains("ada-lovelace", test.path))
    }

    @Test("one that was interrupted goes on under its receipt, and nobody deletes rows without one")
    func interrupted() async throws {
        let test = try await TestStore()
        try await record(test.store, with: ["ada-lovelace"])
        await test.store.close()
        let deletion = "DELETE FROM exposure_log WHERE user_id = 'ada-lovelace'"
        #expect(try Program.run("sqlite3", [test.path, deletion]).errors.contains("exposures are append-only"))
        _ = try Program.run("sqlite3", [test.path, "INSERT INTO removal (cause, began_at_us) VALUES ('erasure', 1)"])
        let receipt = try ExperimentAdministrator.open(at: test.path).erase(Self.ada)
        #expect(receipt.number == 1 && receipt.isComplete && receipt.exposures == 1)
        #expect(try test.number("SELECT count(*) FROM removal") == 1)
    }

    /// The file that an erasure leaves which is killed before it removes the first row.
    private func interrupt(_ ids: ErasedIDs, _ test: TestStore) throws {
        let connection = try Connection.open(test.path, .readWrite)
        let transaction = try connection.begin()
        let receipt = try RemovalTable.begin(.erasure, at: 1, connection)
        try ErasedUnits.add(ids, receipt, connection)
        try transaction.commit()
    }

    @Test("whoever is named next, the receipt is closed only when the rows of the interrupted erasure are gone too")
    func interruptedForAnother() async throws {
        let test = try await TestStore()
        try await record(test.store, with: ["ada-lovelace", "bob"])
        await test.store.close()
        try interrupt(ErasedIDs(users: ["ada-lovelace"], sessions: ["s-ada-lovelace"]), test)
        let receipt = try ExperimentAdministrator.open(at: test.path).erase(ErasedIDs(users: ["bob"]))
        #expect(receipt.number == 1 && receipt.isComplete)
        #expect((receipt.exposures, receipt.outcomes, receipt.links) == (2, 4, 2))
        #expect(try !contains("ada-lovelace", test.path))
        #expect(try violations(test.path) == [])
    }

    @Test("an interrupted erasure that goes on takes nothing from a unit that came back after an erasure before it")
    func cameBack() async throws {
        var configuration = TestStore.quiet
        configuration.definitionRefresh = .milliseconds(20)
        let test = try await TestStore(configuration)
        for user in ["ada-lovelace", "bob", "cid"] { try await test.store.recordExposure(Shop.exposure(user)) }
        _ = try ExperimentAdministrator.open(at: test.path).erase(Self.ada)
        try await test.store.recordExposure(Shop.exposure("ada-lovelace"))
        await test.store.close()
        try interrupt(ErasedIDs(users: ["bob"]), test)
        _ = try ExperimentAdministrator.open(at: test.path).erase(ErasedIDs(users: ["cid"]))
        #expect(try test.rows("SELECT user_id FROM exposure_log") == ["ada-lovelace"])
    }

    @Test("an import that is under way leaves out who is erased meanwhile")
    func importUnderWay() async throws {
        let test = try await TestStore()
        await test.store.close()
        let records = try ExperimentAdministrator.open(at: test.path).beginImport(digest: "d")
        _ = try ExperimentAdministrator.open(at: test.path).erase(Self.ada)
        for user in ["ada-lovelace", "bob"] { try records.add(Shop.exposure(user)) }
        try records.finish()
        #expect(records.erased == 1)
        #expect(try test.rows("SELECT user_id FROM exposure_log") == ["bob"])
    }

    @Test("rows that are gone without a receipt, or fewer than receipts say, are found")
    func unaccounted() async throws {
        let test = try await TestStore()
        try await record(test.store, with: ["ada-lovelace"])
        await test.store.close()
        _ = try ExperimentAdministrator.open(at: test.path).erase(Self.ada)
        _ = try Program.run("sqlite3", [test.path, "UPDATE removal SET exposures = 0"])
        #expect(try violations(test.path) == ["the row is there, or counted on the receipt of a removal"])
        _ = try Program.run("sqlite3", [test.path, "UPDATE removal SET exposures = 2"])
        #expect(try violations(test.path) == ["no more rows are gone than the receipts of removals say"])
    }

    @Test("ids that break a rule, or none at all, are refused by their field")
    func refused() async throws {
        let test = try await TestStore()
        let tool = try ExperimentAdministrator.open(at: test.path)
        for ids in [ErasedIDs(), ErasedIDs(users: [""]), ErasedIDs(sessions: ["a\0"])] {
            #expect(throws: ExperimentError.self) { try tool.erase(ids) }
        }
        #expect(try test.number("SELECT count(*) FROM removal") == 0)
    }
}

@Suite("The keyed hash")
struct KeyedHashTests {
    /// The authors' test vectors: the key 00…0f, the bytes 00, 01, … of a length.
    @Test(
        "is SipHash-2-4 with 128 bits",
        arguments: [
            (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
            (2, "8177228da4a45dc7fca38bdef60affe4"), (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
        ])
    func vectors(_ vector: (length: Int, hash: String)) {
        let (first, second) = KeyedHash(key: (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908))(
            (0..<vector.length).map { UInt8($0) })
        let bytes = [first, second].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
        }
        #expect(bytes.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined() == vector.hash)
    }
}
