import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Links of a session and a user")
struct LinkTests {
    private let login = Date(timeIntervalSince1970: 1_767_225_600)

    @Test("a link is in the file when its call returns, and never changed or taken away")
    func recorded() async throws {
        let test = try await TestStore()
        try await test.store.link(sessionID: "s1", userID: "ada", at: login)
        try await test.store.link(sessionID: "s1", userID: "ada", at: login + 1)
        #expect(
            try test.rows("SELECT session_id, user_id, timestamp_us FROM link_log")
                == ["s1|ada|1767225600000000", "s1|ada|1767225601000000"])
        for sql in ["UPDATE link_log SET user_id = 'bob'", "DELETE FROM link_log"] {
            let ending = try Program.run("sqlite3", [test.path, sql])
            #expect(ending.errors.contains("links are append-only"))
        }
    }

    @Test("a link without an id, with a zero byte or of a time to come is refused by its field, and nothing is stored")
    func refused() async throws {
        var configuration = TestStore.quiet
        configuration.clockTolerance = .seconds(60)
        let test = try await TestStore(configuration)
        let wrong: [(field: String, sessionID: String, userID: String, time: Date)] = [
            ("session_id", "", "ada", login), ("user_id", "s1", "", login), ("user_id", "s1", "a\0da", login),
            ("timestamp", "s1", "ada", .distantFuture),
        ]
        for link in wrong {
            let error = await #expect(throws: ExperimentError.self) {
                try await test.store.link(sessionID: link.sessionID, userID: link.userID, at: link.time)
            }
            guard case .invalidContext(let input) = error else { throw try #require(error) }
            #expect(input.field == link.field)
        }
        #expect(try test.number("SELECT count(*) FROM link_log") == 0)
    }

    @Test("how an experiment goes by links is what decides, so it changes without a new phase")
    func identity() async throws {
        let test = try await TestStore()
        var button = try Shop.button()
        button.analysis.identity = .first
        let change = try await test.define(button)
        #expect(change.changes == [.identity])
        let stored = try #require(try await test.store.experiment("button"))
        #expect(stored.experiment.analysis.identity == .first && stored.phase == 1)
        #expect(try await test.define(button).isUnchanged)
    }
}
