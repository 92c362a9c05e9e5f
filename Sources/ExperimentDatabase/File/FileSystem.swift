import CExperimentSQLite
import Glibc

/// Where a database can live.
package enum FileSystem {
    /// The types of statfs(2) whose files other machines may have open, by the name to say.
    private static let networks: [UInt32: String] = [
        0x6969: "NFS", 0x517b: "SMB", 0xff53_4d42: "CIFS", 0xfe53_4d42: "SMB", 0x0102_1997: "9P", 0x6573_5546: "FUSE",
        0x5346_414f: "AFS", 0x6b41_4653: "AFS", 0x00c3_6400: "Ceph", 0x0bd0_0bd0: "Lustre", 0x0116_1970: "GFS2",
        0x7461_636f: "OCFS2",
    ]

    /// The network behind a type, or nil for a local disk.
    package static func network(ofType type: UInt32) -> String? { networks[type] }

    /// Gives a new file the mode asked for, whatever the umask; and one that root makes belongs to the folder's owner, or
    /// the server could not open it.
    static func prepare(_ descriptor: Int32, in folder: String, permissions: UInt32) {
        fchmod(descriptor, permissions)
        var status = stat()
        if geteuid() == 0, stat(folder, &status) == 0 { fchown(descriptor, status.st_uid, status.st_gid) }
    }

    /// Whether something is mounted at a path itself, as a container mounts a single file.
    static func isMountPoint(_ path: String) -> Bool { experiment_is_mount_root(path) == 1 }

    /// Refuses a folder on a network.
    static func checkIsLocal(_ folder: String) throws {
        guard let network = network(ofType: experiment_file_system_type(folder)) else { return }
        throw StorageFailure.file(
            "the folder is on a network file system (\(network)), which cannot hold a database: "
                + "use a local disk")
    }
}
