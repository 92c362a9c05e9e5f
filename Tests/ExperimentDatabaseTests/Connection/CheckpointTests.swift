import ExperimentDatabase
import TestSupport
import Testing

@Suite("Checkpoints")
struct CheckpointTests {
    let folder = TemporaryFolder()

    private func open() throws -> Connection {
        try DatabaseFile.openForWriting(
            DatabasePath(folder.file("x.db")), creating: true, permissions: 0o600, synchronous: .full)
    }

    @Test("a checkpoint copies the log, and keeps its file")
    func copies() throws {
        let connection = try open()
        try connection.execute("INSERT INTO writer VALUES (1, 1)")
        #expect(connection.walFrames > 0)
        #expect(try connection.checkpoint(.truncate, busyTimeout: 0))
        #expect(FileStatus(folder.file("x.db-wal"))?.size == 0)
    }

    @Test("while somebody else holds the write lock nothing is copied at all: SQLite's fallback is the passive one")
    func neverPassive() throws {
        let connection = try open()
        try connection.execute("INSERT INTO writer VALUES (1, 1)")
        let before = FileStatus(folder.file("x.db"))
        let outsider = try Connection.open(folder.file("x.db"), .readWrite)
        try outsider.execute("BEGIN IMMEDIATE")
        for mode in [Connection.Checkpoint.full, .restart, .truncate] {
            #expect(try !connection.checkpoint(mode, busyTimeout: 5))
        }
        #expect(FileStatus(folder.file("x.db")) == before)
        try outsider.execute("COMMIT")
        #expect(try connection.checkpoint(.full, busyTimeout: 0))
        #expect(FileStatus(folder.file("x.db")) != before)
    }

    @Test("a reader holds the copy up where it began to read, and an attempt tells how far it came")
    func progress() throws {
        let connection = try open()
        try connection.execute("INSERT INTO writer VALUES (1, 1)")
        let frames = connection.walFrames
        let reader = try Connection.open(folder.file("x.db"), .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.value("SELECT count(*) FROM writer") { $0.int(0) }
        try connection.execute("INSERT INTO writer VALUES (2, 2)")
        for _ in 0..<2 {
            let held = try connection.progress(of: .full, busyTimeout: 0)
            #expect(held == CheckpointProgress(isComplete: false, copiedFrames: frames))
        }
        try reader.execute("COMMIT")
        let whole = try connection.progress(of: .full, busyTimeout: 0)
        #expect(whole == CheckpointProgress(isComplete: true, copiedFrames: connection.walFrames))
    }

    @Test("a connection that is closed copies nothing")
    func closing() throws {
        do { try open().execute("INSERT INTO writer VALUES (1, 1)") }
        #expect(FileStatus(folder.file("x.db-wal"))?.size ?? 0 > 0)
        #expect(try open().value("SELECT count(*) FROM writer") { $0.int(0) } == 1)
    }

    @Test("the change counter on disk does not shrink, and that of a copy is smaller")
    func changeCounter() throws {
        let connection = try open()
        let first = try connection.changeCounter()
        try connection.execute("CREATE TABLE more (a ANY) STRICT; DROP TABLE more")
        _ = try connection.checkpoint(.truncate, busyTimeout: 0)
        #expect(try connection.changeCounter() >= first)
        try Backup.copy(
            DatabasePath(folder.file("x.db")), to: DatabasePath(folder.file("copy.db")), permissions: 0o600)
        #expect(try Connection.open(folder.file("copy.db"), .readOnly).changeCounter() < first)
    }

    @Test("several reads see one moment, whatever is committed between them")
    func snapshot() throws {
        let reader = try open()
        let writer = try Connection.open(folder.file("x.db"), .readWrite)
        var counts: [Int?] = []
        let snapshot = try reader.beginSnapshot()
        counts.append(try reader.value("SELECT count(*) FROM writer") { $0.int(0) })
        try writer.execute("INSERT INTO writer VALUES (1, 1)")
        counts.append(try reader.value("SELECT count(*) FROM writer") { $0.int(0) })
        try snapshot.commit()
        #expect(counts == [0, 0])
    }
}
