import ExperimentPlatform
import SystemPackage

/// An advisory lock, flock(2), on a file beside the database; released when the value ends, or the process.
package struct FileLock: ~Copyable {
    private let file: FileDescriptor

    /// Takes the lock, or returns nil when another holder kept it all the time; the calling thread waits.
    ///
    /// The path is the lock's own file, created when missing, never one of SQLite's. The label is written into it for
    /// whoever finds it locked.
    package static func acquire(
        _ path: String, permissions: UInt32, waiting milliseconds: Int, label: String? = nil
    ) throws -> FileLock? {
        let lock = FileLock(file: try open(path, permissions))
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while try !lock.isTaken() {
            guard ContinuousClock.now < deadline else { return nil }
            ThisProcess.sleep(for: .milliseconds(1))
        }
        if let label {
            // Best effort: the label is for people, and the lock holds without it.
            try? lock.file.resize(to: 0)
            _ = try? lock.file.writeAll(toAbsoluteOffset: 0, "\(label)\n".utf8)
        }
        return lock
    }

    private func isTaken() throws -> Bool {
        try SystemCall.explaining("a lock file beside the database cannot be locked") { try file.tryToLock() }
    }

    private static func open(_ path: String, _ permissions: UInt32) throws -> FileDescriptor {
        try SystemCall.explaining("a lock file beside the database cannot be opened") {
            let path = FilePath(path)
            let options: FileDescriptor.OpenOptions = [.closeOnExec, .noFollow]
            do {
                let file = try FileDescriptor.open(
                    path, .readWrite, options: options.union([.create, .exclusiveCreate]),
                    permissions: FilePermissions(mode: permissions))
                FileSystem.prepare(file, in: path.removingLastComponent().string, permissions: permissions)
                return file
            } catch Errno.fileExists {
                return try FileDescriptor.open(path, .readWrite, options: options)
            }
        }
    }

    /// Whether somebody holds the lock at this moment.
    package static func isHeld(_ path: String, permissions: UInt32) throws -> Bool {
        guard let lock = try acquire(path, permissions: permissions, waiting: 0) else { return true }
        lock.release()
        return false
    }

    /// Lets the lock go.
    package consuming func release() {}

    /// Adds a line to the lock's file, for whoever finds it locked.
    package func note(_ text: String) {
        // Best effort, as the label.
        let end = (try? file.seek(offset: 0, from: .end)) ?? 0
        _ = try? file.writeAll(toAbsoluteOffset: end, "\(text)\n".utf8)
    }

    /// The name that the present or last holder gives itself; empty when nobody did.
    package static func label(_ path: String) -> String { lines(path).first ?? "" }

    /// The lines that the present or last holder wrote into a lock's file.
    package static func lines(_ path: String) -> [String] {
        let opened = try? FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .noFollow])
        guard let file = opened else { return [] }
        defer { try? file.close() }
        var buffer = [UInt8](repeating: 0, count: 200)
        let count = (try? buffer.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
        return buffer.prefix(count).split(separator: UInt8(ascii: "\n")).map { line in
            String(decoding: line.filter { 0x20...0x7e ~= $0 }, as: UTF8.self)
        }
    }

    deinit { try? file.close() }
}
