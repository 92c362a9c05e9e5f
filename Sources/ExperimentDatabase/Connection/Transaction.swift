/// A transaction under way on a connection: it is rolled back when the value ends, unless it was committed.
package struct Transaction: ~Copyable {
    /// Ways in which a transaction begins.
    package enum Kind: String, Sendable {
        /// A read snapshot, from the first read.
        case deferred = "BEGIN DEFERRED"
        /// The write lock at once: upgrading a read transaction would fail without waiting.
        case immediate = "BEGIN IMMEDIATE"
    }

    private let commitStatement: Statement
    private let rollBackStatement: Statement
    /// Whether nothing is left to end: the transaction was committed, or belongs to the one around it.
    private var isOver: Bool
    /// The state that the file must still have when the reading ends.
    private let copy: LoneCopy?

    fileprivate init(_ connection: borrowing Connection, isOver: Bool) throws {
        let commit = try connection.prepare("COMMIT")
        let rollBack = try connection.prepare("ROLLBACK")
        commitStatement = commit
        rollBackStatement = rollBack
        self.isOver = isOver
        copy = connection.copy
    }

    deinit {
        // SQLite ends a transaction by itself after some errors; where rolling back fails, the next BEGIN says so.
        if !isOver, rollBackStatement.isInTransaction { try? rollBackStatement.run() }
    }

    /// Keeps what was written; a transaction that only read ends, and is refused where the file it read as a lone copy changed.
    package consuming func commit() throws {
        guard !isOver else { return }
        try commitStatement.run()
        isOver = true
        try copy?.check(commitStatement.connection)
    }

    /// Ends it without its changes.
    package consuming func rollBack() {}
}

extension Connection {
    /// Begins a transaction.
    package func begin(_ kind: Transaction.Kind = .immediate) throws -> Transaction {
        let transaction = try Transaction(self, isOver: false)
        try prepare(kind.rawValue).run()
        return transaction
    }

    /// Begins a snapshot, in which several reads see the same moment; inside a transaction, that is its own.
    package func beginSnapshot() throws -> Transaction {
        guard !isInTransaction else { return try Transaction(self, isOver: true) }
        return try begin(.deferred)
    }

    /// Ends the snapshot that is open, and begins one of the present moment.
    package func renewSnapshot() throws {
        try prepare("COMMIT").run()
        try prepare(Transaction.Kind.deferred.rawValue).run()
    }

    /// Ends whatever transaction is open without its changes; nothing to do when SQLite already did.
    package func rollBack() {
        guard isInTransaction else { return }
        // A failure here leaves the transaction open, which the next BEGIN reports.
        try? execute("ROLLBACK")
    }
}
