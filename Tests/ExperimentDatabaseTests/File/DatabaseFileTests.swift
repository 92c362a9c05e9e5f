import ExperimentDatabase
import Foundation
import TestSupport
import Testing

@Suite("Files that are not ours, and files that are new")
struct DatabaseFileTests {
    let folder = TemporaryFolder()

    private func write(_ bytes: [UInt8], _ name: String = "x.db") {
        _ = FileManager.default.createFile(atPath: folder.file(name), contents: Data(bytes))
    }

    private func open(_ name: String = "x.db") throws -> Connection {
        try DatabaseFile.openForWriting(
            DatabasePath(folder.file(name)), creating: true, permissions: 0o640, synchronous: .full)
    }

    private func refusal(_ name: String = "x.db") -> String {
        var messages: Set<String> = []
        for writing in [true, false] {
            do {
                if writing {
                    _ = try DatabaseFile.openForWriting(
                        DatabasePath(folder.file(name)), creating: true, permissions: 0o600, synchronous: .full)
                } else {
                    _ = try DatabaseFile.openForReading(DatabasePath(folder.file(name)))
                }
                messages.insert("accepted")
            } catch {
                messages.insert(StorageFailure(error).message)
            }
        }
        return messages.sorted().joined(separator: " | ")
    }

    @Test("an empty file, a file of one byte, a text, a foreign database, a damaged one: each is refused in a sentence")
    func foreign() throws {
        write([])
        #expect(refusal().contains("empty"))
        write([0x0a])
        #expect(refusal().contains("not an experiment database"))
        write(Array(String(repeating: "dear diary, ", count: 100).utf8))
        #expect(refusal() == "the file is not a SQLite database")
        try? FileManager.default.removeItem(atPath: folder.file("x.db"))
        write([])
        try Connection.open(folder.file("x.db"), .readWrite).execute("CREATE TABLE diary (entry TEXT)")
        #expect(refusal() == "the file is a SQLite database of another application, not an experiment database")
    }

    @Test("a truncated file is refused, and left as it is")
    func truncated() throws {
        do {
            let connection = try open()
            _ = try connection.checkpoint(.truncate, busyTimeout: 0)
        }
        try Files.truncate(folder.file("x.db"), to: 8_192)
        #expect(refusal() == "the file is truncated or damaged")
        #expect(FileStatus(folder.file("x.db"))?.size == 8_192)
    }

    @Test("a backup that was put back beside the log of the file before it is refused, and the error says what to do")
    func putBack() throws {
        let (file, copy) = (folder.file("x.db"), folder.file("copy.db"))
        do {
            let connection = try open()
            try Backup.copy(DatabasePath(file), to: DatabasePath(copy), permissions: 0o600)
            try connection.execute("CREATE TABLE later (entry TEXT); DROP VIEW results")
        }
        let log = try #require(FileManager.default.contents(atPath: file + "-wal"))
        #expect(!log.isEmpty)
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.moveItem(atPath: copy, toPath: file)
        #expect(refusal().hasPrefix("the file is truncated or damaged; if a backup was put back, move the -wal"))
        // What the error says helps.
        for companion in ["-wal", "-shm"] { try FileManager.default.removeItem(atPath: file + companion) }
        #expect(try Schema.check(open()) == Schema.version)
    }

    @Test("a log without its database is not written over")
    func orphan() throws {
        write(Array(repeating: 7, count: 100), "x.db-wal")
        #expect(refusal().contains("log without its database"))
        #expect(FileStatus(folder.file("x.db")) == nil)
    }

    @Test("a symbolic link at the path is refused")
    func link() throws {
        _ = try open("real.db")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("x.db"), withDestinationPath: folder.file("real.db"))
        #expect(refusal().contains("symbolic link"))
    }

    @Test("a path is a path: no URI, no memory, nothing empty")
    func paths() throws {
        for bad in ["", "a\0b", "/", ".", "/tmp/", ":memory:"] {
            #expect(throws: StorageFailure.self) { try DatabasePath(bad) }
        }
        #expect(throws: StorageFailure.self) { try DatabasePath("file:/no/such/folder/x?mode=memory") }
    }

    @Test("a new file has the mode asked for, whatever the umask, and so have its log and its lock")
    func mode() throws {
        let connection = try open()
        try connection.execute("DELETE FROM writer")
        for suffix in ["", "-wal", "-shm"] {
            #expect(try Files.permissions(folder.file("x.db") + suffix) == 0o640)
        }
    }

    /// Names in the folder but the database's and those of the files that live beside it.
    private func leftovers() throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return names.filter { !["x.db", "x.db-shm", "x.db-wal", "x.db-guard"].contains($0) }
    }

    @Test("nothing but the database is left of its making")
    func clean() throws {
        do { _ = try open() }
        #expect(try leftovers() == [])
    }

    @Test("what a process that was killed while it made the file left behind is removed, and nothing else")
    func killedMaker() throws {
        for name in ["x.db.creating-7-7", "x.db.creating-7-7-journal", "y.db.creating-7-7", "x.db.copying-7-7"] {
            write([1, 2, 3], name)
        }
        do { try open().execute("INSERT INTO writer VALUES (1, 1)") }
        #expect(try leftovers().sorted() == ["x.db.copying-7-7", "y.db.creating-7-7"])
        // Killed after the file was in place, under both names.
        try FileManager.default.linkItem(atPath: folder.file("x.db"), toPath: folder.file("x.db.creating-8-8"))
        let connection = try open()
        #expect(try leftovers().sorted() == ["x.db.copying-7-7", "y.db.creating-7-7"])
        #expect(try connection.value("SELECT count(*) FROM writer") { $0.int(0) } == 1)
    }

    @Test(
        "a file that root makes belongs to the folder's owner, as its locks do",
        .enabled(if: Files.canBeGiven, "only root can make a file that belongs to somebody else"))
    func owner() throws {
        try Files.give(folder.path, to: 12_345)
        let connection = try open()
        try connection.execute("DELETE FROM writer")
        for suffix in ["", "-wal", "-guard"] {
            #expect(try Files.owner(folder.file("x.db") + suffix) == 12_345)
        }
    }

    @Test("one thousand damaged copies: an error or an answer, never a crash")
    func damaged() throws {
        do {
            let connection = try open()
            _ = try connection.checkpoint(.truncate, busyTimeout: 0)
        }
        let good = [UInt8](try #require(FileManager.default.contents(atPath: folder.file("x.db"))))
        let seed = UInt64.random(in: 0...1_000_000)
        var random = SplitMix(seed: seed)
        for _ in 0..<1_000 {
            var bad = good
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bad[Int.random(in: 0..<bad.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            write(bad, "bad.db")
            do { try readEverything("bad.db") } catch { #expect(!StorageFailure(error).message.isEmpty, "\(seed)") }
            do { try openAndClose("bad.db") } catch { #expect(!StorageFailure(error).message.isEmpty, "\(seed)") }
            for suffix in ["", "-wal", "-shm", "-journal"] { try Files.remove(folder.file("bad.db") + suffix) }
        }
    }

    private func openAndClose(_ name: String) throws {
        _ = try DatabaseFile.openForWriting(
            DatabasePath(folder.file(name)), creating: true, permissions: 0o600, synchronous: .full)
    }

    // Apart from the loop: a noncopyable value inside a loop with a catch keeps the compiler (6.3.1) busy for ever.
    private func readEverything(_ name: String) throws {
        let connection = try DatabaseFile.openForReading(DatabasePath(folder.file(name)))
        for table in ["exposure_log", "experiment_definition"] {
            _ = try connection.value("SELECT count(*) FROM \(table)") { $0.int(0) }
        }
    }
}
