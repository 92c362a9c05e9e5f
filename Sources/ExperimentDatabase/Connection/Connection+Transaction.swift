extension Connection {
    /// How a transaction begins.
    package enum TransactionKind: String, Sendable {
        /// A read snapshot, from the first read.
        case deferred = "BEGIN DEFERRED"
        /// The write lock at once: upgrading a read transaction would fail without waiting.
        case immediate = "BEGIN IMMEDIATE"
    }

    /// Runs a body inside a transaction: commits when it returns, rolls back when it throws.
    package func transaction<Result: ~Copyable>(
        _ kind: TransactionKind = .immediate, _ body: () throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        try execute(kind.rawValue)
        do throws(SQLiteError) {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs a body of several reads that all see the same moment, in the caller's transaction if there is one.
    package func snapshot<Result: ~Copyable>(
        _ body: () throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        isInTransaction ? try body() : try transaction(.deferred, body)
    }

    /// Ends a transaction without its changes; nothing to do when SQLite already did.
    package func rollBack() {
        guard isInTransaction else { return }
        // A failure here leaves the transaction open, which the next BEGIN reports.
        try? execute("ROLLBACK")
    }
}
