import ExperimentDatabase
import Experimentation

extension SQLiteError {
    /// The one place where a failure of the database becomes one of the API.
    func backend(_ operation: String) -> ExperimentError {
        backend(operation, isTransient: isTransient)
    }

    /// The same, where it is known whether trying again can help.
    func backend(_ operation: String, isTransient: Bool) -> ExperimentError {
        .backend(BackendFailure(operation: operation, code: code, message: message, isTransient: isTransient))
    }
}

/// Runs a body whose failures are the database's, and turns them into the API's.
func translating<Value: ~Copyable>(
    _ operation: String, _ body: () throws(SQLiteError) -> Value
) throws(ExperimentError) -> Value {
    do throws(SQLiteError) { return try body() } catch { throw error.backend(operation) }
}
