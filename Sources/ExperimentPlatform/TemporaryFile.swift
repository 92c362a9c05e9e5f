package import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A file that is written under a name of the moment, beside the one that it will have once it is whole.
///
/// The file is locked while it is written, so whoever comes next tells what a killed process left from what somebody writes, and
/// takes the former away.
package struct TemporaryFile: ~Copyable {
    /// Open for reading and writing, and locked.
    package let file: FileDescriptor
    package let path: FilePath

    /// Makes one of a new name, and removes what killed processes left beside it.
    /// - Parameters:
    ///   - final: The path that it will have.
    ///   - word: What stands between that and the random part of its name.
    ///   - permissions: Its mode.
    /// - Throws: The system's reason where no file can be made.
    package init(beside final: FilePath, _ word: String, permissions: FilePermissions) throws {
        let prefix = "\(final.lastComponent?.string ?? "").\(word)-"
        let folder = final.removingLastComponent()
        Self.removeLeftovers(prefix, in: folder)
        (path, file) = try Self.make(prefix, in: folder, permissions)
    }

    deinit {
        // Best effort: where it has its real name already, there is nothing to remove.
        try? path.removeName()
        try? file.close()
    }

    /// Makes a file and locks it.
    ///
    /// Between the two another process may take the file for a leftover and remove it: then there is one more.
    private static func make(
        _ prefix: String, in folder: FilePath, _ permissions: FilePermissions
    ) throws -> (FilePath, FileDescriptor) {
        while true {
            let path = folder.appending(prefix + String(UInt64.random(in: .min ... .max), radix: 36))
            let file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: permissions)
            // Where the file system has no locks, nobody removes anything either.
            let isLocked = (try? file.tryToLock()) ?? true
            if isLocked, (try? Stat(path, followTargetSymlink: false)) != nil { return (path, file) }
            try? file.close()
        }
    }

    private static func removeLeftovers(_ prefix: String, in folder: FilePath) {
        // Best effort: what cannot be listed or removed is in nobody's way, since names are random.
        let place = folder.isEmpty ? "." : folder.string
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        for name in names where name.utf8.starts(with: prefix.utf8) {
            let path = folder.appending(name)
            let opened = try? FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec, .nonBlocking])
            guard let file = opened else { continue }
            if (try? file.tryToLock()) == true { try? path.removeName() }
            try? file.close()
        }
    }
}
