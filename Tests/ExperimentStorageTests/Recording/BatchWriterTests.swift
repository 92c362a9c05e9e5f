import DequeModule
import ExperimentDatabase
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentStorage

@Suite("A commit whose outcome is unknown")
struct BatchWriterTests {
    /// The code of a flush that failed, and of a write that did.
    static let failedFlush = StorageFailure.sqlite(SQLiteError(code: 1034, message: "disk I/O error"))
    static let failedWrite = StorageFailure.sqlite(SQLiteError(code: 778, message: "disk I/O error"))

    let folder = TemporaryFolder()

    private func writer() throws -> BatchWriter {
        try BatchWriter(
            DatabasePath(folder.file("shop.db")), TestStore.quiet, StoreMetrics(TestStore.quiet.metrics, "shop"))
    }

    private func records(_ count: Int) throws -> Deque<QueuedRecord> {
        Deque(
            try (0..<count).map {
                let outcome = try PreparedRecord(Shop.outcome("user\($0)", experiment: nil))
                return QueuedRecord(content: .outcome(outcome), caller: .none)
            })
    }

    private func stored() throws -> Int? {
        try DatabaseFile.openForReading(DatabasePath(folder.file("shop.db")))
            .value("SELECT count(*) FROM outcome_log") { $0.int(0) }
    }

    private func isCommitted(_ outcome: BatchResult) -> Bool {
        if case .committed(let rejected) = outcome { rejected.isEmpty } else { false }
    }

    @Test("is acknowledged, and not written again, when the batch is found in the file")
    func landed() throws {
        var writer = try writer()
        var definitions = try writer.readDefinitions()
        let records = try records(3)
        writer.beginBatch()
        let failure = writer.attempt(records, &definitions)
        #expect(failure == nil)
        let outcome = writer.recover(records, &definitions, from: Self.failedFlush)
        #expect(isCommitted(outcome))
        #expect(try stored() == 3)
        #expect(FileStatus(folder.file("shop.db-wal"))?.size == 0, "copied out of the log before anybody is told")
        let next = writer.write(records, &definitions)
        #expect(isCommitted(next))
        #expect(try stored() == 6)
    }

    @Test("is not acknowledged when the batch is in the log and a reader keeps it from being copied out")
    func heldByReader() throws {
        var writer = try writer()
        var definitions = try writer.readDefinitions()
        let records = try records(3)
        writer.beginBatch()
        let reader = try Connection.open(folder.file("shop.db"), .readOnly)
        try reader.execute("BEGIN; SELECT count(*) FROM outcome_log")
        _ = writer.attempt(records, &definitions)
        guard case .stopped = writer.recover(records, &definitions, from: Self.failedFlush) else {
            Issue.record("acknowledged what may be in the cache alone")
            return
        }
        guard case .stopped = writer.write(records, &definitions) else {
            Issue.record("went on")
            return
        }
        try reader.execute("COMMIT")
    }

    @Test("is written once more when the batch is not in the file")
    func missing() throws {
        var writer = try writer()
        var definitions = try writer.readDefinitions()
        writer.beginBatch()
        let outcome = writer.recover(try records(3), &definitions, from: Self.failedWrite)
        #expect(isCommitted(outcome))
        #expect(try stored() == 3)
    }

    @Test("loses no exposure of an experiment that cannot be read any more, which a fresh connection does not know")
    func damaged() async throws {
        let test = try await TestStore(in: folder)
        await test.store.close()
        var writer = try writer()
        var definitions = try writer.readDefinitions()
        try FileEditor.run("INSERT INTO metric_role VALUES (1, 'goal', 0, char(7), NULL)", test.path)
        for count in 1...2 {
            let record = QueuedRecord(content: .exposure(try PreparedRecord(Shop.exposure("ada"))), caller: .none)
            writer.beginBatch()
            let outcome = writer.recover([record], &definitions, from: Self.failedWrite)
            #expect(isCommitted(outcome))
            #expect(try test.exposures() == count)
            #expect(definitions.snapshot.unreadable.count == 1)
        }
    }

    @Test("stops the writer when two flushes fail one after the other, and not when a write came between")
    func twice() throws {
        var writer = try writer()
        var definitions = try writer.readDefinitions()
        let records = try records(1)
        for _ in 0..<3 {
            writer.beginBatch()
            let outcome = writer.recover(records, &definitions, from: Self.failedFlush)
            #expect(isCommitted(outcome))
        }
        writer.failedFlushes = 1
        writer.beginBatch()
        guard case .stopped = writer.recover(records, &definitions, from: Self.failedFlush) else {
            Issue.record("trusted a disk that does not flush")
            return
        }
        #expect(try stored() == 3)
    }

    @Test("what a crash left in the log is copied into the file before anything is written after it")
    func crashed() throws {
        do {
            var writer = try writer()
            var definitions = try writer.readDefinitions()
            _ = writer.write(try records(3), &definitions)
        }
        #expect(FileStatus(folder.file("shop.db-wal"))?.size ?? 0 > 0)
        let writer = try writer()
        #expect(FileStatus(folder.file("shop.db-wal"))?.size == 0)
        #expect(try stored() == 3)
        _ = writer.walFrames
    }
}
