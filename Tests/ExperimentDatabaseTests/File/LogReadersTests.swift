import Foundation
import TestSupport
import Testing

@testable import ExperimentDatabase

@Suite("Who reads the log")
struct LogReadersTests {
    @Test("another program that has a snapshot open is named, and none is once it has ended")
    func named() async throws {
        let folder = TemporaryFolder()
        let path = try DatabasePath(folder.file("x.db"))
        let connection = try DatabaseFile.openForWriting(path, creating: true, permissions: 0o600, synchronous: .full)
        try connection.execute("INSERT INTO writer VALUES (1, 1)")
        #expect(LogReaders.names(path) == [])
        let input = Pipe()
        let shell = Process()
        shell.executableURL = URL(filePath: "/usr/bin/env")
        shell.arguments = ["sqlite3", "-readonly", path.file]
        shell.standardInput = input
        shell.standardOutput = FileHandle.nullDevice
        try shell.run()
        try input.fileHandleForWriting.write(contentsOf: Data("BEGIN; SELECT count(*) FROM writer;\n".utf8))
        for _ in 0..<500 where LogReaders.names(path).isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        #expect(LogReaders.names(path) == ["sqlite3 (\(shell.processIdentifier))"])
        try input.fileHandleForWriting.close()
        shell.waitUntilExit()
        #expect(LogReaders.names(path) == [])
    }

    @Test(
        "of the system's locks only a shared one of the readers' bytes counts, on this file",
        arguments: [
            ("1: POSIX  ADVISORY  READ 4242 fd:00:77 124 124", 4242),
            ("9: POSIX  ADVISORY  READ 7 00:2a:77 127 EOF", 7),
            ("1: POSIX  ADVISORY  READ 4242 fd:00:77 123 123", nil),
            ("1: POSIX  ADVISORY  READ 4242 fd:00:77 128 128", nil),
            ("1: POSIX  ADVISORY  WRITE 4242 fd:00:77 124 124", nil),
            ("1: FLOCK  ADVISORY  READ 4242 fd:00:77 0 EOF", nil),
            ("1: POSIX  ADVISORY  READ 4242 fd:00:78 124 124", nil),
            ("1: -> POSIX  ADVISORY  READ 4242 fd:00:77 124 124", nil),
            ("", nil),
        ] as [(Substring, Int32?)])
    func lines(_ line: Substring, _ process: Int32?) {
        #expect(LogReaders.holder(line, inode: 77) == process)
    }
}
