import ExperimentDatabase
import ExperimentDefinitions

/// The definitions that a writer of the file goes by, kept as they are in the file.
struct CurrentDefinitions {
    /// The definitions as of the last ``refresh(_:)``.
    private(set) var snapshot: DefinitionSnapshot
    /// The version of definitions that could not be read.
    private var unreadable: DefinitionVersion?
    /// Why changed definitions could not be read; the definitions before stay in force.
    private var failure: StorageFailure?

    init(_ connection: borrowing Connection) throws {
        snapshot = try DefinitionSnapshot(connection)
    }

    /// Reads the definitions again if somebody changed them, and tells whether somebody did.
    ///
    /// Definitions that this library cannot read, because a newer library wrote them, are an error once; until they
    /// change again the definitions before stay in force.
    mutating func refresh(_ connection: borrowing Connection) throws -> Bool {
        let inFile = try VersionTable.current(connection)
        guard inFile != snapshot.version, inFile != unreadable else { return false }
        do {
            try snapshot.update(connection)
        } catch StorageFailure.damaged(let reason) {
            unreadable = inFile
            throw StorageFailure.damaged(reason)
        }
        return true
    }

    /// Reads changed definitions before a batch is written: what a newer library defined must not stop the log of what is known.
    mutating func refreshBeforeRecords(_ connection: borrowing Connection) throws {
        do {
            _ = try refresh(connection)
        } catch StorageFailure.damaged(let reason) {
            failure = .damaged(reason)
        }
    }

    /// Why changed definitions could not be read during a batch; told once.
    mutating func takeFailure() -> StorageFailure? {
        defer { failure = nil }
        return failure
    }
}
