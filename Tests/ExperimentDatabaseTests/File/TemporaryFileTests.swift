import ExperimentPlatform
import SystemPackage
import TestSupport
import Testing

@Suite("Temporary files")
struct TemporaryFileTests {
    private let folder = TemporaryFolder()

    private var final: FilePath { FilePath(folder.file("report.html")) }

    /// Makes files one after the other.
    /// - Returns: How many of them had no name any more when they were there.
    private static func lost(beside final: FilePath, of count: Int) throws -> Int {
        var lost = 0
        for _ in 0..<count {
            let temporary = try TemporaryFile(beside: final, "writing", permissions: .ownerReadWrite)
            if (try? Stat(temporary.path)) == nil { lost += 1 }
        }
        return lost
    }

    @Test("a file that is being made is taken for a leftover by nobody who makes another")
    func concurrent() async throws {
        let final = final
        let lost = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await onThread { try Self.lost(beside: final, of: 300) } } }
            return try await group.reduce(0, +)
        }
        #expect(lost == 0)
    }

    @Test("what a killed process left is removed, and what somebody writes is not")
    func leftovers() throws {
        let left = FilePath(folder.file("report.html.writing-abc"))
        try FileDescriptor.open(left, .writeOnly, options: .create, permissions: .ownerReadWrite).close()
        let first = try TemporaryFile(beside: final, "writing", permissions: .ownerReadWrite)
        #expect(throws: Errno.noSuchFileOrDirectory) { try Stat(left) }
        _ = try TemporaryFile(beside: final, "writing", permissions: .ownerReadWrite)
        #expect(try Stat(first.path).size == 0)
    }
}
