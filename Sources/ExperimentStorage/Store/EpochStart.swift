import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The beginning of a writer's epoch, in the transaction of its first rows, so that the ids of its rows are its own.
struct EpochStart: ~Copyable {
    private let setFile: Statement
    private let insert: Statement
    private var isDone = false

    init(_ connection: borrowing Connection) throws {
        try EpochTable.checkRecordsItself(connection)
        let setFile = try connection.prepare(EpochTable.setFile)
        let insert = try connection.prepare(EpochTable.begin)
        self.setFile = setFile
        self.insert = insert
    }

    /// Begins the epoch where that was not done yet.
    mutating func beginIfNeeded() throws {
        guard !isDone else { return }
        try setFile.bind(UUID().uuidString.lowercased())
        try setFile.run()
        try insert.bind(Date.now.microsecondsSince1970)
        try insert.run()
        isDone = true
    }

    /// Forgets what a rolled-back transaction began.
    mutating func forget() { isDone = false }
}
