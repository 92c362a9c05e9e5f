import ExperimentDatabase
import Foundation
import TestSupport
import Testing

@Suite("Backups")
struct BackupTests {
    let folder = TemporaryFolder()

    private func path(_ name: String) throws -> DatabasePath { try DatabasePath(folder.file(name)) }

    private func open() throws -> Connection {
        try DatabaseFile.openForWriting(path("x.db"), creating: true, permissions: 0o600, synchronous: .full)
    }

    @Test("a copy is complete on its own, has the mode asked for, and leaves nothing beside it")
    func complete() throws {
        let connection = try open()
        try connection.execute("INSERT INTO writer VALUES (1, 7)")
        try Backup.copy(path("x.db"), to: path("copy.db"), permissions: 0o640)
        let copy = try DatabaseFile.openForReading(path("copy.db"))
        #expect(try copy.value("SELECT batch FROM writer") { $0.int(0) } == 7)
        #expect(try copy.value("PRAGMA integrity_check") { $0.text(0) } == "ok")
        #expect(try Files.permissions(folder.file("copy.db")) == 0o640)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left.allSatisfy { $0.hasPrefix("x.db") || $0 == "copy.db" })
    }

    @Test("how much is written is told as it goes")
    func progress() throws {
        let connection = try open()
        try connection.execute(
            """
            CREATE TABLE long (a BLOB) STRICT;
            WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)
            INSERT INTO long SELECT randomblob(200) FROM n
            """)
        var told: [(written: Int64, size: Int64)] = []
        try Backup.copy(path("x.db"), to: path("copy.db")) { told.append(($0, $1)) }
        #expect(told.count > 3)
        #expect(told.map(\.written) == told.map(\.written).sorted())
        #expect(told.last.map { $0.written > $0.size / 4 && $0.size >= 20_000_000 } == true, "\(told)")
    }

    @Test("nothing is written over: neither a file nor what a symbolic link points to")
    func existing() throws {
        _ = try open()
        _ = FileManager.default.createFile(atPath: folder.file("diary"), contents: Data([1, 2, 3]))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"), withDestinationPath: folder.file("nowhere"))
        for name in ["diary", "link", "x.db"] {
            #expect(throws: StorageFailure.self) {
                try Backup.copy(path("x.db"), to: path(name), permissions: 0o600)
            }
        }
        #expect(FileStatus(folder.file("diary"))?.size == 3)
        #expect(FileStatus(folder.file("nowhere")) == nil)
    }

    @Test("a log that belonged to an earlier file at the copy's path would be read into it: such a path is refused")
    func staleLog() throws {
        _ = try open()
        for suffix in ["-wal", "-journal"] {
            let log = folder.file("copy.db") + suffix
            _ = FileManager.default.createFile(atPath: log, contents: Data(repeating: 7, count: 100))
            #expect(throws: StorageFailure.self) {
                try Backup.copy(path("x.db"), to: path("copy.db"), permissions: 0o600)
            }
            #expect(FileStatus(folder.file("copy.db")) == nil)
            try Files.remove(log)
        }
    }

    @Test("a copy never takes the name of a file that belongs to the database")
    func companions() throws {
        _ = try open()
        for suffix in ["-journal", "-owner", "-guard"] {
            try Files.remove(folder.file("x.db") + suffix)
            #expect(throws: StorageFailure.self) {
                try Backup.copy(path("x.db"), to: path("x.db" + suffix), permissions: 0o600)
            }
            #expect(FileStatus(folder.file("x.db") + suffix) == nil)
        }
    }

    @Test("what is not a database of ours is not copied, and leaves nothing")
    func foreign() throws {
        _ = FileManager.default.createFile(atPath: folder.file("diary"), contents: Data([1, 2, 3]))
        #expect(throws: StorageFailure.self) {
            try Backup.copy(path("diary"), to: path("copy.db"), permissions: 0o600)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["diary"])
    }
}
