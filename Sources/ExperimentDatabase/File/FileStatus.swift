import ExperimentPlatform
import SystemPackage

/// Status of a path, as stat(2) tells it.
///
/// A status never opens the file: closing one of a database's files inside a process that has it open drops SQLite's locks
/// (POSIX advisory locks belong to the process).
package struct FileStatus: Sendable, Hashable {
    package let device: UInt64
    package let inode: UInt64
    package let size: Int64
    /// Permissions, without the kind of the file.
    package let permissions: UInt32
    /// The user it belongs to.
    let owner: UInt32
    /// Number of names that the file has.
    let nameCount: Int
    /// Time at which the content last changed, in nanoseconds since 1970; as fine as the file system keeps it.
    package let modifiedNanoseconds: Int64
    /// Whether the path is that of a file, and of no folder, pipe, socket or device.
    let isRegularFile: Bool
    let isSymbolicLink: Bool

    /// Nil when there is nothing at the path.
    package init?(_ path: String) {
        guard let status = try? Stat(FilePath(path), followTargetSymlink: false) else { return nil }
        device = UInt64(status.deviceID.rawValue)
        inode = UInt64(status.inode.rawValue)
        size = status.size
        permissions = UInt32(status.permissions.rawValue) & 0o777
        owner = status.userID.rawValue
        nameCount = status.linkCount
        modifiedNanoseconds = status.modifiedNanoseconds
        isRegularFile = status.type == .regular
        isSymbolicLink = status.type == .symbolicLink
    }

    /// The identity of the file, as a word.
    package var identity: String { "\(device):\(inode)" }

    /// Whether both are the same file.
    package func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }
}
