import ExperimentPlatform

/// Brings an older file to this library's schema, after a copy of it was made.
package struct SchemaUpgrade {
    private let path: DatabasePath
    private let permissions: UInt32
    private let migrations: [Migration]
    private let freeBytes: (String) -> Int64?
    /// The version after it.
    private let version: Int32

    /// Creates an upgrade; only tests upgrade by other scripts than all, or to a disk of their own.
    package init(
        _ path: DatabasePath, permissions: UInt32, to migrations: [Migration] = Migration.all,
        freeBytes: @escaping (String) -> Int64? = FileSystem.freeBytes
    ) {
        self.path = path
        self.freeBytes = freeBytes
        self.permissions = permissions
        self.migrations = migrations
        version = migrations.last?.version ?? 0
    }

    /// Summary of what an upgrade did, for a log.
    package struct Summary: Sendable, Hashable {
        /// The schema's version before and after.
        package let from: Int32
        package let to: Int32
        /// The path of the copy made before, and its bytes.
        package let copy: String
        package let copyBytes: Int64
        /// Time that the upgrade took, the copy included.
        package let duration: Duration
    }

    /// Upgrades the file under the lock of everybody who writes.
    /// - Returns: What was done; nil where another process had done it.
    @discardableResult
    package func run(_ connection: borrowing Connection) throws -> Summary? {
        let start = ContinuousClock.now
        let lock = try FileLock.acquire(path.guardLock, permissions: permissions, waiting: 10_000)
        guard let lock else { throw StorageFailure.file("another process is writing to the database") }
        // Another process may have done it while this one waited.
        let before = try Schema.check(connection)
        guard before < version else { return nil }
        let copy = try backUp()
        try Migrator.migrate(connection, to: migrations)
        lock.release()
        return Summary(
            from: before, to: version, copy: copy, copyBytes: FileStatus(copy)?.size ?? 0,
            duration: start.duration(to: .now))
    }

    /// Upgrades the file for a process that is not the file's owner: a running server of the older version could not be started
    /// again on a newer file, so nothing happens while there is one.
    @discardableResult
    package func runBesideOwner(_ connection: borrowing Connection) throws -> Summary? {
        if let lock = try FileLock.acquire(path.ownerLock, permissions: permissions, waiting: 1_000) {
            let summary = try run(connection)
            lock.release()
            return summary
        }
        // A server that is just opening the file upgrades it itself.
        guard try Schema.check(connection) < version else { return nil }
        throw StorageFailure.file(
            "the file has an older schema, and \(FileLock.label(path.ownerLock)), which owns it, may not know "
                + "a newer one: update that server first, or stop it")
    }

    /// A copy that an attempt before this one left is kept: nobody knows whether the file has changed since.
    ///
    /// The copy takes as much room as the file and its log; half a copy on a full disk would help nobody.
    private func backUp() throws -> String {
        let needed = (FileStatus(path.file)?.size ?? 0) + (FileStatus(path.writeAheadLog)?.size ?? 0)
        if let free = freeBytes(path.folder), free < needed {
            throw StorageFailure.file(
                "the file has an older schema, and the copy made before it is upgraded needs \(needed) bytes, of which "
                    + "the disk has \(free): make room, or move the database to a larger disk")
        }
        let name = path.file + ".before-schema-\(version)"
        var copy = name
        var number = 1
        while FileStatus(copy) != nil {
            number += 1
            copy = "\(name)-\(number)"
        }
        try Backup.copy(path, to: DatabasePath(copy))
        return copy
    }
}
