import ExperimentDatabase
import Foundation
import TestSupport
import Testing

@Suite("Lone copies")
struct LoneCopyTests {
    private let folder = TemporaryFolder()

    /// A copy without a log, in a folder of a name that a URI would have to escape.
    private func copy() throws -> DatabasePath {
        let original = try DatabasePath(folder.file("x.db"))
        try DatabaseFile.openForWriting(original, creating: true, permissions: 0o600, synchronous: .full)
            .execute("INSERT INTO writer VALUES (1, 7)")
        try FileManager.default.createDirectory(atPath: folder.file("é ?%23"), withIntermediateDirectories: true)
        let copy = try DatabasePath(folder.file("é ?%23/y.db"))
        try Backup.copy(original, to: copy)
        return copy
    }

    private func batch(_ connection: borrowing Connection) throws -> Int? {
        try connection.value("SELECT batch FROM writer") { $0.int(0) }
    }

    @Test("are read whole, leave nothing beside them, and cannot be written")
    func reading() throws {
        let path = try copy()
        let connection = try Connection.openAlone(path)
        let snapshot = try connection.beginSnapshot()
        #expect(try batch(connection) == 7)
        try snapshot.commit()
        try connection.checkIsUnchanged()
        #expect(throws: StorageFailure.self) { try connection.execute("UPDATE writer SET batch = 8") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: path.folder) == ["y.db"])
    }

    @Test(
        "that somebody changed meanwhile are refused at the end of what was read",
        arguments: ["size", "time", "counter", "file"])
    func change(_ what: String) throws {
        let path = try copy()
        let connection = try Connection.openAlone(path)
        let snapshot = try connection.beginSnapshot()
        #expect(try batch(connection) == 7)
        let file = URL(filePath: path.file)
        let before = try FileManager.default.attributesOfItem(atPath: path.file)[.modificationDate]
        var bytes = try Data(contentsOf: file)
        switch what {
        case "size": bytes += Data(count: 4_096)
        case "counter": bytes[27] &+= 1
        case "file": try FileManager.default.removeItem(at: file)
        default: break
        }
        // In place, since another file under the name is not the one that is read.
        if what != "file" {
            let handle = try FileHandle(forWritingTo: file)
            try handle.write(contentsOf: bytes)
            try handle.close()
            if what != "time", let before {
                try FileManager.default.setAttributes([.modificationDate: before], ofItemAtPath: path.file)
            }
        }
        var said = ""
        do { try snapshot.commit() } catch { said = StorageFailure(error).message }
        #expect(said.contains("changed while it was read"))
        #expect(throws: StorageFailure.self) { try connection.checkIsUnchanged() }
    }
}
