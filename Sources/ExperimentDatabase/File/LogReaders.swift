import ExperimentPlatform
import SystemPackage

/// The processes that read a database by its write-ahead log, and so may keep the log from being started anew.
///
/// SQLite holds a shared lock of a byte of the log's index for each snapshot that is read: bytes 124 to 127, after those of
/// the writer, of checkpoints, of recovery, and of readers of the database file alone (sqlite.org/walformat.html, "WAL
/// Locks"). Linux lists the locks of all processes in `/proc/locks`; elsewhere nothing is found.
package enum LogReaders {
    private static let bytes: ClosedRange<Int64> = 124...127

    /// The readers outside of this process, each as its program's name and its number.
    /// - Parameter path: The database.
    /// - Returns: Words for a message, in order of the numbers; empty where the system does not tell.
    package static func names(_ path: DatabasePath) -> [String] {
        guard let index = FileStatus(path.logIndex), let locks = text("/proc/locks") else { return [] }
        let holders = Set(locks.split(separator: "\n").compactMap { holder($0, inode: index.inode) })
        return holders.subtracting([ThisProcess.id]).sorted().map { process in
            let program = text("/proc/\(process)/comm")?.split(separator: "\n").first
            return "\(program ?? "process") (\(process))"
        }
    }

    /// The process that a line of `/proc/locks` says reads the log of an index; nil for every other line.
    ///
    /// A line is `1: POSIX  ADVISORY  READ 4242 fd:00:2531452 124 124` (proc(5)); the device is left aside, since some file
    /// systems give stat(2) another number.
    static func holder(_ line: Substring, inode: UInt64) -> Int32? {
        let words = line.split(separator: " ")
        guard words.count >= 8, words[1] == "POSIX", words[3] == "READ", let process = Int32(words[4]),
            words[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode, let first = Int64(words[6])
        else { return nil }
        let last = Int64(words[7]) ?? .max  // or EOF
        return first <= bytes.upperBound && last >= bytes.lowerBound ? process : nil
    }

    /// The whole of a file whose size the system does not say.
    private static func text(_ path: String) -> String? {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 4_096))
        while let count = try? buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
