import Glibc

/// An advisory lock, flock(2), on a file beside the database; released when the value ends, or the process.
package struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock, or returns nil when another holder kept it all the time; the calling thread waits.
    ///
    /// The path is the lock's own file, created when missing, never one of SQLite's. The label is written into it for
    /// whoever finds it locked.
    package static func acquire(
        _ path: String, permissions: UInt32, waiting milliseconds: Int, label: String? = nil
    ) throws -> FileLock? {
        let descriptor = try open(path, permissions)
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let isHeld = errno == EWOULDBLOCK
            guard isHeld || errno == EINTR else {
                defer { Glibc.close(descriptor) }
                throw StorageFailure.file("a lock file beside the database cannot be locked: \(SystemError.current)")
            }
            guard ContinuousClock.now < deadline else {
                Glibc.close(descriptor)
                return nil
            }
            usleep(1_000)
        }
        if let label {
            ftruncate(descriptor, 0)
            _ = label.withCString { pwrite(descriptor, $0, strlen($0), 0) }
        }
        return FileLock(descriptor: descriptor)
    }

    private static func open(_ path: String, _ permissions: UInt32) throws -> Int32 {
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW
        var descriptor = Glibc.open(path, flags | O_CREAT | O_EXCL, permissions)
        if descriptor >= 0 {
            let cut = path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
            FileSystem.prepare(descriptor, in: path[..<cut] + "/", permissions: permissions)
        } else if errno == EEXIST {
            descriptor = Glibc.open(path, flags)
        }
        guard descriptor >= 0 else {
            throw StorageFailure.file("a lock file beside the database cannot be opened: \(SystemError.current)")
        }
        return descriptor
    }

    /// Whether somebody holds the lock at this moment.
    package static func isHeld(_ path: String, permissions: UInt32) throws -> Bool {
        guard let lock = try acquire(path, permissions: permissions, waiting: 0) else { return true }
        lock.release()
        return false
    }

    /// Lets the lock go.
    package consuming func release() {}

    /// What the present or last holder wrote into a lock's file; empty when nobody did.
    package static func label(_ path: String) -> String {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return "" }
        defer { Glibc.close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 200)
        let count = read(descriptor, &buffer, buffer.count)
        let bytes = buffer.prefix(max(0, count)).filter { 0x20...0x7e ~= $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    deinit { Glibc.close(descriptor) }
}
