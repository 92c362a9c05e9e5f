import ExperimentDatabase
import StoreTestSupport
import TestSupport
import Testing

@testable import ExperimentStorage

@Suite("The log after a removal")
struct CheckpointerTests {
    @Test("is not emptied again at once where a reader kept an attempt in vain; each such attempt doubles the pause")
    func pauses() throws {
        let folder = TemporaryFolder()
        let path = try DatabasePath(folder.file("x.db"))
        let writer = try DatabaseFile.openForWriting(path, creating: true, permissions: 0o600, synchronous: .full)
        var checkpointer = Checkpointer(path, TestStore.quiet, StoreMetrics(TestStore.quiet.metrics, "x"))
        try writer.execute("INSERT INTO writer VALUES (1, 1)")
        let reader = try Connection.open(path.file, .readOnly)
        let snapshot = try reader.begin(.deferred)
        _ = try reader.value("SELECT count(*) FROM writer") { $0.int(0) }
        let start = ContinuousClock.now
        let first = try checkpointer.emptyAfterRemoval(writer, at: start)
        let second = try checkpointer.emptyAfterRemoval(writer, at: start + .seconds(1))
        #expect(!first && !second)
        try snapshot.commit()
        // Nothing reads any more, but no attempt is made before two seconds have passed since the last.
        let early = try checkpointer.emptyAfterRemoval(writer, at: start + .milliseconds(2_900))
        #expect(!early)
        #expect(FileStatus(path.writeAheadLog)?.size ?? 0 > 0)
        let third = try checkpointer.emptyAfterRemoval(writer, at: start + .seconds(3))
        #expect(third)
        #expect(FileStatus(path.writeAheadLog)?.size == 0)
        // After a success the next attempt is free again.
        try writer.execute("INSERT INTO writer VALUES (2, 1)")
        let again = try checkpointer.emptyAfterRemoval(writer, at: start + .seconds(3))
        #expect(again)
    }
}
