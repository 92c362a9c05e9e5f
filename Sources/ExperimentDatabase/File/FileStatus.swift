import ExperimentPlatform
import SystemPackage

/// What stat(2) tells of a path.
///
/// A status never opens the file: closing one of a database's files inside a process that has it open drops SQLite's locks
/// (POSIX advisory locks belong to the process).
package struct FileStatus: Sendable, Hashable {
    package let device: UInt64
    package let inode: UInt64
    package let size: Int64
    /// Who may do what, without the kind of the file.
    package let permissions: UInt32
    /// The user it belongs to.
    let owner: UInt32
    /// How many names it has.
    let nameCount: Int
    /// When the content last changed, in nanoseconds since 1970; as fine as the file system keeps it.
    package let modifiedNanoseconds: Int64
    /// Whether it is a file, and no folder, pipe, socket or device.
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
