import ExperimentPlatform
import SystemPackage

/// Path of a database: absolute, its folder resolved, its own name not followed if it is a symbolic link.
package struct DatabasePath: Sendable, Hashable {
    package let folder: String
    package let name: String

    /// The path of the database file.
    package var file: String { folder == "/" ? "/" + name : folder + "/" + name }
    /// The write-ahead log that SQLite keeps beside it.
    package var writeAheadLog: String { file + "-wal" }
    /// The log's index, memory that every process which has the file open shares.
    package var logIndex: String { file + "-shm" }
    /// The rollback journal that another program may have left beside it.
    package var journal: String { file + "-journal" }
    /// Locked by the one process that owns the file while it runs.
    package var ownerLock: String { file + "-owner" }
    /// Locked during every checkpoint and during every write of a process that is not the owner.
    package var guardLock: String { file + "-guard" }
    /// Locked by the one nightly run at a time.
    package var nightLock: String { file + "-night" }

    /// Locked by the one process at a time that removes rows.
    package var removalLock: String { file + "-removal" }

    /// Names that belong to the database, so that nothing else may take them.
    var companions: [String] { [writeAheadLog, logIndex, journal, ownerLock, guardLock, nightLock, removalLock] }

    /// Takes a path, absolute or relative to the current folder; never a URI or `:memory:`.
    package init(_ path: String) throws {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw StorageFailure.file("the path of a database must not be empty or contain U+0000")
        }
        guard path != ":memory:" else {
            throw StorageFailure.file(
                "a database is a file, never in memory (\":memory:\"): give a path in a temporary folder, or use "
                    + "HashExperimentPlugin, which assigns and records nothing")
        }
        let cut = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let name = cut.map { String(path[path.utf8.index(after: $0)...]) } ?? path
        guard !name.isEmpty, name != ".", name != ".." else {
            throw StorageFailure.file("the path of a database must end in a file name")
        }
        let parent = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        folder = try SystemCall.explaining("the folder of the database cannot be reached") {
            try FilePath(parent).resolved().string
        }
        self.name = name
    }
}
