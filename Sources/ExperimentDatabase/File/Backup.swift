import Glibc

/// A consistent copy of a database while others write to it.
package enum Backup {
    /// Copies a database, flushed to disk; nothing is there under the name until it is complete.
    ///
    /// `VACUUM INTO` on a connection of its own takes one snapshot and finishes; the backup API starts over at every
    /// commit of another connection, so under steady writes it never ends. Nothing may be at the copy's path yet.
    package static func copy(
        _ path: DatabasePath, to copy: DatabasePath, permissions: UInt32
    ) throws(SQLiteError) {
        guard FileStatus(copy.file) == nil else {
            throw SQLiteError(code: 0, message: "there is already a file at the backup's path")
        }
        guard !path.companions.contains(copy.file) else {
            throw SQLiteError(code: 0, message: "the backup's path is one that the database uses itself")
        }
        // SQLite would read such a log into the copy.
        try DatabaseFile.checkNoOrphan(copy)
        let temporary = copy.file + ".copying-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        // Created first, because VACUUM INTO alone would make it readable by everybody; it accepts an empty file.
        let descriptor = Glibc.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, permissions)
        guard descriptor >= 0 else {
            throw SQLiteError(code: 0, message: "the backup cannot be created: \(SystemError.current)")
        }
        fchmod(descriptor, permissions)
        Glibc.close(descriptor)
        defer { unlink(temporary) }
        let connection = try Connection.open(path.file, .readOnly)
        _ = try Schema.check(connection)
        let statement = try connection.prepare("VACUUM INTO ?1")
        try statement.bind(temporary, at: 1)
        try statement.run()
        try DatabaseFile.sync(temporary)
        guard link(temporary, copy.file) == 0 else {
            throw SQLiteError(code: 0, message: "the backup cannot be put in place: \(SystemError.current)")
        }
        try DatabaseFile.sync(copy.folder)
    }
}
