import CExperimentSQLite
import Experimentation

/// The statements of one connection that are prepared and nobody uses, by their SQL.
///
/// Preparing costs several times what a short statement does: the SQL is parsed and planned, and with it every trigger
/// that it sets off.
final class StatementCache {
    /// Statements kept, more than one connection has of any use: SQL made up as it goes cannot fill the memory.
    private static let limit = 128

    private var idle: [Name<StatementCache>: OpaquePointer] = [:]
    private var isClosed = false

    /// Takes a statement out, as it was when it was prepared.
    func take(_ sql: String) -> OpaquePointer? {
        idle.removeValue(forKey: Name(sql))
    }

    /// Keeps a statement for its next user.
    func give(_ statement: OpaquePointer, _ sql: String) {
        // At once: a statement that has not run to its end holds its snapshot, one with bindings their memory.
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
        let sql = Name<StatementCache>(sql)
        guard !isClosed, idle[sql] == nil else {
            sqlite3_finalize(statement)
            return
        }
        if idle.count >= Self.limit { finalizeAll() }
        idle[sql] = statement
    }

    /// Finalizes them, those still in use as they are given back; before the connection closes.
    func close() {
        isClosed = true
        finalizeAll()
    }

    private func finalizeAll() {
        for statement in idle.values { sqlite3_finalize(statement) }
        idle.removeAll()
    }
}
