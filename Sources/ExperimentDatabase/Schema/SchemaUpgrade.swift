/// Brings an older file to this library's schema, after a copy of it was made.
package struct SchemaUpgrade {
    private let path: DatabasePath
    private let permissions: UInt32
    private let migrations: [Migration]
    /// The version after it.
    private let version: Int32

    /// Only tests upgrade by other scripts than all.
    package init(_ path: DatabasePath, permissions: UInt32, to migrations: [Migration] = Migration.all) {
        self.path = path
        self.permissions = permissions
        self.migrations = migrations
        version = migrations.last?.version ?? 0
    }

    /// Upgrades the file under the lock of everybody who writes.
    package func run(_ connection: borrowing Connection) throws {
        let lock = try FileLock.acquire(path.guardLock, permissions: permissions, waiting: 10_000)
        guard let lock else { throw StorageFailure.file("another process is writing to the database") }
        // Another process may have done it while this one waited.
        if try Schema.check(connection) < version {
            try backUp()
            try Migrator.migrate(connection, to: migrations)
        }
        lock.release()
    }

    /// Upgrades the file for a process that is not the file's owner: a running server of the older version could not be started
    /// again on a newer file, so nothing happens while there is one.
    package func runBesideOwner(_ connection: borrowing Connection) throws {
        if let lock = try FileLock.acquire(path.ownerLock, permissions: permissions, waiting: 1_000) {
            try run(connection)
            lock.release()
            return
        }
        // A server that is just opening the file upgrades it itself.
        guard try Schema.check(connection) < version else { return }
        throw StorageFailure.file(
            "the file has an older schema, and \(FileLock.label(path.ownerLock)), which owns it, may not know "
                + "a newer one: update that server first, or stop it")
    }

    /// A copy that an attempt before this one left is kept: nobody knows whether the file has changed since.
    private func backUp() throws {
        let name = path.file + ".before-schema-\(version)"
        var copy = name
        var number = 1
        while FileStatus(copy) != nil {
            number += 1
            copy = "\(name)-\(number)"
        }
        try Backup.copy(path, to: DatabasePath(copy))
    }
}
