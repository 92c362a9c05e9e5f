import ExperimentPlatform
import SystemPackage

/// Mishaps of files, by their paths.
package enum Files {
    /// Gives a file another name, in place of what had it.
    package static func rename(_ path: String, to other: String) throws { try FilePath(path).move(to: FilePath(other)) }

    /// Takes a file away; nothing where there is none.
    package static func remove(_ path: String) throws {
        do { try FilePath(path).removeName() } catch Errno.noSuchFileOrDirectory {}
    }

    /// Cuts a file to a size.
    package static func truncate(_ path: String, to size: Int64) throws {
        let file = try FileDescriptor.open(FilePath(path), .writeOnly)
        try file.closeAfter { try file.resize(to: size) }
    }

    /// The permissions of a file, not of one behind a link.
    package static func permissions(_ path: String) throws -> UInt32 {
        UInt32(try Stat(FilePath(path), followTargetSymlink: false).permissions.rawValue) & 0o777
    }

    /// Allows who may do what with a file.
    package static func setPermissions(_ path: String, _ mode: UInt32) throws {
        let file = try FileDescriptor.open(FilePath(path), .readOnly)
        try file.closeAfter { try file.setPermissions(FilePermissions(mode: mode)) }
    }

    /// The number of the user a file belongs to.
    package static func owner(_ path: String) throws -> UInt32 {
        try Stat(FilePath(path), followTargetSymlink: false).userID.rawValue
    }

    /// Gives a file or folder to a user and to the group of the same number.
    package static func give(_ path: String, to user: UInt32) throws {
        let file = try FileDescriptor.open(FilePath(path), .readOnly)
        try file.closeAfter { try file.setOwner(user, group: user) }
    }

    /// Whether this process may give files away.
    package static var canBeGiven: Bool { ThisProcess.isRoot }
}
