import ExperimentDatabase
import Experimentation

/// Why something could not be written: its own fault, or the database's.
enum WriteError: Error {
    /// The input breaks a rule; its neighbours in the batch are unharmed.
    case rejected(ExperimentError)
    /// The database failed; the transaction as a whole is in question.
    case database(SQLiteError)

    /// The failure as the API says it.
    func experimentError(_ operation: String) -> ExperimentError {
        switch self {
        case .rejected(let error): error
        case .database(let error): error.backend(operation)
        }
    }
}

/// Runs a body that only the database can fail.
func database<Value: ~Copyable>(_ body: () throws(SQLiteError) -> Value) throws(WriteError) -> Value {
    do throws(SQLiteError) { return try body() } catch { throw .database(error) }
}

extension Connection {
    /// Runs a body in a write transaction that its own rejections roll back too; one that is not kept is rolled back
    /// in any case.
    func write<Value>(isKept: Bool = true, _ body: () throws(WriteError) -> Value) throws(WriteError) -> Value {
        try within(.immediate, isKept: isKept, body)
    }

    /// Runs a body that only reads, in one transaction.
    func read<Value>(_ body: () throws(WriteError) -> Value) throws(WriteError) -> Value {
        try within(.deferred, isKept: true, body)
    }

    private func within<Value>(
        _ kind: TransactionKind, isKept: Bool, _ body: () throws(WriteError) -> Value
    ) throws(WriteError) -> Value {
        try database { () throws(SQLiteError) in try execute(kind.rawValue) }
        do throws(WriteError) {
            let value = try body()
            try database { () throws(SQLiteError) in try execute(isKept ? "COMMIT" : "ROLLBACK") }
            return value
        } catch {
            rollBack()
            throw error
        }
    }
}
