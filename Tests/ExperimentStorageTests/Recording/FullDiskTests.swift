import ExperimentDatabase
import Foundation
import TestSupport
import Testing

@Suite("A full disk")
struct FullDiskTests {
    let folder = TemporaryFolder()
    var path: String { folder.file("shop.db") }

    private func users() throws -> (rows: Int?, different: Int?) {
        let reader = try DatabaseFile.openForReading(DatabasePath(path))
        return (
            try reader.value("SELECT count(*) FROM outcome_log") { $0.int(0) },
            try reader.value("SELECT count(DISTINCT user_id) FROM outcome_log") { $0.int(0) }
        )
    }

    @Test("is a transient error, nothing of it is stored, and recording goes on when there is room again")
    func transient() async throws {
        #expect(try await Program.storeProcess("full", path) == 0)
        let count = FileManager.default.contents(atPath: path + "-count").map { String(decoding: $0, as: UTF8.self) }
        #expect(try users().rows == count.flatMap { Int($0) })
        #expect(try users().different == users().rows)
    }

    @Test("keeps what was acknowledged early: it is written when there is room, once, and flush tells")
    func enqueued() async throws {
        #expect(try await Program.storeProcess("full-enqueued", path) == 0)
        #expect(try users().rows == 3_000)
        #expect(try users().different == 3_000)
    }

    @Test("does not keep a store from closing")
    func closing() async throws {
        #expect(try await Program.storeProcess("full-close", path) == 0)
        #expect(try users().rows == 0)
    }
}
