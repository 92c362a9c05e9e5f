import Glibc

/// What stat(2) tells of a path.
///
/// It never opens the file: closing one of a database's files inside a process that has it open drops SQLite's locks
/// (POSIX advisory locks belong to the process).
package struct FileStatus: Sendable, Hashable {
    package let device: UInt64
    package let inode: UInt64
    package let size: Int64
    /// Who may do what, without the kind of the file.
    package let permissions: UInt32
    let group: UInt32
    /// How many names it has.
    let nameCount: UInt64
    /// When the content last changed; as fine as the file system keeps it.
    package let modified: Moment
    /// Whether it is a file, and no folder, pipe, socket or device.
    let isRegularFile: Bool
    let isSymbolicLink: Bool

    /// A time of the file system, which is only compared: in nanoseconds alone the year 2262 would overflow.
    package struct Moment: Sendable, Hashable {
        let seconds: Int
        let nanoseconds: Int
    }

    /// Nil when there is nothing at the path.
    package init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        permissions = UInt32(status.st_mode) & 0o777
        group = status.st_gid
        nameCount = UInt64(status.st_nlink)
        modified = Moment(seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec))
        isSymbolicLink = status.st_mode & S_IFMT == S_IFLNK
        isRegularFile = status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether both are the same file.
    package func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }
}
