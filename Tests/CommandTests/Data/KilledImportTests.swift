import ExperimentStorage
import Experimentation
import Foundation
import Logging
import TestSupport
import Testing

@Suite("Imports that are killed beside a running server")
struct KilledImportTests {
    /// Twenty turns or so of the import's writing on a quick machine; a kill takes one or two of them.
    private static let rows = 60_000
    private let tool = Tool()
    private let file: String

    init() throws {
        try tool.define()
        var text = "experiment,variant_id,user_id,timestamp_us\n"
        for row in 0..<Self.rows {
            text += "\(row % 1_000 < 3 ? "later" : "button"),control,imported\(row),\(row)\n"
        }
        file = try tool.file("e.csv", text)
    }

    /// The number of records that an import has settled, as the file tells it.
    private func settled() throws -> Int {
        Int(try tool.sqlite("SELECT coalesce(max(rows), 0) FROM import")) ?? 0
    }

    /// Starts the import and kills it a moment after it has written something.
    /// - Returns: Whether it was killed before its end.
    private func killOnTheWay(after microseconds: Int) throws -> Bool {
        let before = try settled()
        let process = try tool.start("import", "exposures", file, "--on-error", "skip")
        while process.isRunning, try settled() == before {}
        blockThread(for: .microseconds(microseconds))
        process.kill()
        return try process.wait().code == Program.killed
    }

    @Test("again and again, then run to the end: no row is lost, none is there twice, and the server sees no error")
    func again() throws {
        var configuration = StoreConfiguration()
        configuration.checkpointPages = 100
        configuration.logger.handler = SwiftLogNoOpLogHandler()
        let store: ExperimentStore = try ExperimentStore.openBlocking(at: tool.database, configuration: configuration)
        let server = RecordingServer(callers: 4) { caller, number in
            try store.recordExposureBlocking(Shop.exposure("served\(caller)-\(number)"))
        }
        let seed = UInt64.random(in: 0...1_000_000)
        var random = SplitMix(seed: seed)
        var killed = 0
        for _ in 0..<4 where try killOnTheWay(after: random.below(20_000)) { killed += 1 }
        #expect(killed > 0)
        #expect(try tool.run("import", "exposures", file, "--on-error", "skip").code == 3)
        try tool.define(
            "[[experiments]]\nid = \"later\"\nvariants = [{ id = \"control\", is_control = true }, { id = \"b\" }]\n")
        #expect(try tool.run("import", "exposures", file).code == 0)
        let served = server.stop()
        store.closeBlocking()
        #expect(served.errors == [])
        let count = "SELECT count(*) || ' ' || count(DISTINCT user_id) FROM exposure_log WHERE user_id LIKE"
        #expect(try tool.sqlite("\(count) 'imported%'") == "\(Self.rows) \(Self.rows)", "seed \(seed)")
        #expect(
            try tool.sqlite("\(count) 'served%'") == "\(served.acknowledged) \(served.acknowledged)", "seed \(seed)")
        #expect(served.acknowledged > 100)
    }
}
