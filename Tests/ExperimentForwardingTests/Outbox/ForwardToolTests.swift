import EndpointServer
import ExperimentStorage
import Experimentation
import Foundation
import StoreTestSupport
import Synchronization
import TestSupport
import Testing

@testable import ExperimentForwarding

@Suite("experiments-forward, from a file to an endpoint")
struct ForwardToolTests {
    private static let tool = Program.built("experiments-forward")

    /// A file of one destination that takes lines.
    private func destinations(_ port: Int, in folder: TemporaryFolder) throws -> String {
        let address = folder.file("address")
        try Data("http://127.0.0.1:\(port)/rows".utf8).write(to: URL(filePath: address))
        let file = folder.file("forward.toml")
        try Data(
            """
            [[destinations]]
            name = "lines"
            kind = "ndjson"
            address = { file = "\(address)" }
            allow_plain_http = true
            rows_per_request = 7
            """.utf8
        ).write(to: URL(filePath: file))
        return file
    }

    private func run(_ arguments: String...) async throws -> Program.Ending {
        try await onThread { try Program.run(Self.tool, arguments) }
    }

    @Test("drain sends what is there, and the next drain what came since; status and skip say what is to go")
    func drain() async throws {
        let receiver = Receiver(seed: 1)
        let server = try await EndpointServer.start { request in
            receiver.take(request.body)
            return .answer(status: 200, body: "")
        }
        let test = try await TestStore()
        let file = try destinations(server.port, in: test.folder)
        for round in 0..<10 {
            let (shown, measured) = Shop.round(round, of: 0)
            try await test.store.recordExposure(shown)
            for outcome in measured { try await test.store.recordOutcome(outcome) }
        }
        let first = try await run("drain", file, "--database", test.path)
        #expect(first.code == 0 && first.output == "lines: 30 sent\n", "\(first)")
        #expect(Set(receiver.arrivals).count == 30 && receiver.arrivals.count == 30)
        try await test.store.recordExposure(Shop.exposure("late"))
        let status = try await run("status", file, "--database", test.path, "--format", "prometheus")
        #expect(status.output.contains("experiments_forwarding_lag_rows{destination=\"lines\"} 1\n"), "\(status)")
        #expect(try await run("drain", file, "--database", test.path).output == "lines: 1 sent\n")
        #expect(receiver.arrivals.count == 31)
        try await test.store.recordExposure(Shop.exposure("later"))
        let skip = try await run("skip", file, "--destination", "lines", "--database", test.path)
        #expect(skip.output == "lines: 1 rows are not sent\n", "\(skip)")
        #expect(try await run("drain", file, "--database", test.path).output == "lines: 0 sent\n")
        let text = try await run("status", file, "--database", test.path)
        #expect(text.output == "lines: everything is sent\n  31 sent, 0 refused\n", "\(text)")
        try await server.stop()
        await test.store.close()
    }

    @Test("a destination that is not there is named, nothing is lost, and the exit code says it")
    func away() async throws {
        let test = try await TestStore()
        let file = try destinations(9, in: test.folder)
        try await test.store.recordExposure(Shop.exposure("ada"))
        let ending = try await run("drain", file, "--database", test.path, "--patience", "0")
        #expect(ending.code == 4)
        #expect(ending.output.contains("lines: 0 sent, 1 to go; it cannot be reached"), "\(ending)")
        let status = try await run("status", file, "--database", test.path, "--format", "json")
        #expect(status.code == 4 && status.output.contains("\"lag_rows\": 1"), "\(status)")
        let missing = try await run("drain", file, "--database", test.path + "x")
        #expect(missing.code == 2 && !missing.errors.isEmpty, "\(missing)")
        #expect(try test.rows("SELECT last_exposure FROM delivery") == ["0"], "the row is kept for it")
        #expect(try await run("forget", "lines", "--database", test.path).output == "lines: forgotten\n")
        #expect(try await run("forget", "lines", "--database", test.path).code == 1)
        #expect(try test.rows("SELECT * FROM delivery").isEmpty)
        let nowhere = try await run("skip", file, "--destination", "other", "--database", test.path)
        #expect(nowhere.code == 1, "\(nowhere)")
        await test.store.close()
    }

    @Test("run sends what is recorded while it runs, beside the server that records, and ends at SIGTERM")
    func service() async throws {
        let receiver = Receiver(seed: 1)
        let server = try await EndpointServer.start { request in
            receiver.take(request.body)
            return .answer(status: 200, body: "")
        }
        let test = try await TestStore()
        let file = try destinations(server.port, in: test.folder)
        let process = try Program(Self.tool, ["run", file, "--database", test.path])
        for round in 0..<50 {
            try await test.store.recordOutcome(Shop.outcome("u\(round)", second: Int64(round)))
            try await Task.sleep(for: .milliseconds(10))
        }
        let deadline = ContinuousClock.now + .seconds(30)
        while Set(receiver.arrivals).count < 50, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(Set(receiver.arrivals).count == 50)
        process.terminate()
        let ending = try await onThread { try process.wait() }
        #expect(ending.code == 0, "\(ending)")
        #expect(receiver.changed == [])
        try await server.stop()
        await test.store.close()
    }
}
