import ExperimentDatabase
import Experimentation

extension BatchWriter {
    /// Copies the log into the file when it has grown.
    mutating func checkpointIfNeeded() -> StorageFailure? {
        guard stopped == nil else { return nil }
        return checkpointer.afterCommit(session.connection)
    }

    /// Reads the definitions again if another process changed them, and tells whether one did.
    mutating func refreshDefinitions() throws -> Bool {
        guard stopped == nil else { return false }
        return try session.rows.refresh(session.connection)
    }

    /// Copies a log into the file that another process has made long.
    mutating func checkpointWhenIdle() throws {
        guard stopped == nil else { return }
        try checkpointer.whenIdle(session.connection)
    }

    /// Why changed definitions could not be read during a batch; told once.
    mutating func takeDefinitionFailure() -> StorageFailure? {
        defer { definitionFailure = nil }
        return definitionFailure
    }

    /// Runs a change of the definitions on this connection.
    mutating func administer<Value>(
        _ operation: String, _ body: (borrowing Connection) throws -> Value
    ) throws(ExperimentError) -> Value {
        if let stopped { throw stopped }
        do {
            let value = try body(session.connection)
            guard session.isInPlace(path) else { throw stop(.moved) }
            _ = try session.rows.refresh(session.connection)
            return value
        } catch {
            throw ExperimentError(error, during: operation)
        }
    }

    /// Empties the log and refreshes the planner's statistics, so that the file is complete on its own.
    mutating func finish() {
        guard stopped == nil else { return }
        // Best effort: everything is durable already, and the next owner can do the same.
        try? session.connection.execute("PRAGMA analysis_limit = 1000; PRAGMA optimize")
        _ = try? checkpointer.empty(session.connection)
    }
}
