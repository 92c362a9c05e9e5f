import CExperimentSQLite
import ExperimentPlatform
import SystemPackage

/// Facts about the file systems that a database can live in.
package enum FileSystem {
    /// The types of statfs(2) whose files other machines may have open, by the name to say.
    private static let networks: [UInt32: String] = [
        0x6969: "NFS", 0x517b: "SMB", 0xff53_4d42: "CIFS", 0xfe53_4d42: "SMB", 0x0102_1997: "9P", 0x6573_5546: "FUSE",
        0x5346_414f: "AFS", 0x6b41_4653: "AFS", 0x00c3_6400: "Ceph", 0x0bd0_0bd0: "Lustre", 0x0116_1970: "GFS2",
        0x7461_636f: "OCFS2",
        // Darwin numbers types as it loads them; the shim has this number for a volume that is not local.
        experiment_file_system_remote: "a network volume",
    ]

    /// The network behind a type, or nil for a local disk.
    package static func network(ofType type: UInt32) -> String? { networks[type] }

    /// Gives a new file the mode asked for, whatever the umask; and one that root makes belongs to the folder's owner, or
    /// the server could not open it.
    static func prepare(_ file: FileDescriptor, in folder: String, permissions: UInt32) {
        // Best effort: a file that cannot be given away is refused by name once the server opens it.
        try? file.setPermissions(FilePermissions(mode: permissions))
        if ThisProcess.isRoot, let owner = try? Stat(FilePath(folder)) {
            try? file.setOwner(owner.userID.rawValue, group: owner.groupID.rawValue)
        }
    }

    /// Whether something is mounted at a path itself, as a container mounts a single file.
    static func isMountPoint(_ path: String) -> Bool { experiment_is_mount_root(path) == 1 }

    /// Bytes that this user may still write on the disk of a path; nil where that cannot be told.
    package static func freeBytes(_ path: String) -> Int64? {
        let bytes = experiment_file_system_free(path)
        return bytes < 0 ? nil : bytes
    }

    /// Refuses a folder on a network.
    static func checkIsLocal(_ folder: String) throws {
        guard let network = network(ofType: experiment_file_system_type(folder)) else { return }
        throw StorageFailure.file(
            "the folder is on a network file system (\(network)), which cannot hold a database: "
                + "use a local disk")
    }
}
