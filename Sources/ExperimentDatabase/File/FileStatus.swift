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
    /// When the content last changed, in nanoseconds since 1970; as fine as the file system keeps it.
    package let modifiedNanoseconds: Int64

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
        modifiedNanoseconds = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }

    /// Whether both are the same file.
    package func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }
}
