package import Experimentation

/// Failure to read or write a file: the one failure that is thrown inside the package.
///
/// What a caller did wrong is an ``Experimentation/ExperimentError`` instead, and thrown as it is. At the public edge
/// ``translating(_:_:)`` makes one of the other.
package enum StorageFailure: Error, Sendable, Hashable {
    /// SQLite says so.
    case sqlite(SQLiteError)
    /// The content of the file breaks a rule of this library: somebody changed it by hand, or a newer library did.
    case damaged(String)
    /// The file, a lock beside it or its folder cannot be used as it is.
    case file(String)
    /// The file is no longer this process's to write: another process claimed it, or another file lies at its path.
    case lost(String)

    /// Failure of a writer who finds that another one claimed the file.
    package static let takenOver = StorageFailure.lost("another process has taken the database over")

    /// Message of what happened, without bound values.
    package var message: String {
        switch self {
        case .sqlite(let error): error.message
        case .damaged(let reason), .file(let reason), .lost(let reason): reason
        }
    }

    /// SQLite's extended result code; 0 for what SQLite did not say.
    package var code: Int32 { sqlite?.code ?? 0 }

    /// Whether the same may succeed later, as things are: somebody holds a lock, or a resource ran out.
    package var isTransient: Bool { sqlite?.isTransient ?? false }

    /// Whether a commit that ended with this may have reached the disk all the same.
    package var leavesCommitUnknown: Bool { sqlite?.leavesCommitUnknown ?? false }

    /// Whether a flush to disk failed: the kernel may have dropped what it was to write.
    package var isFailedFlush: Bool { sqlite?.isFailedFlush ?? false }

    /// Whether only the statement that failed was undone, and the transaction around it can go on.
    package var undoesOneStatement: Bool { sqlite?.undoesOneStatement ?? false }

    private var sqlite: SQLiteError? {
        if case .sqlite(let error) = self { error } else { nil }
    }

    /// Whether nothing may be acknowledged any more: the file can no longer be trusted, or is no longer ours to write.
    package var isFatal: Bool {
        switch self {
        case .sqlite(let error): error.isFatal
        case .lost: true
        case .damaged, .file: false
        }
    }

    /// Any error as a failure; inside the package only this type and ``Experimentation/ExperimentError`` are thrown.
    package init(_ error: any Error) {
        self = error as? StorageFailure ?? .file("\(error)")
    }
}

extension StorageFailure: CustomStringConvertible {
    package var description: String {
        sqlite?.description ?? message
    }
}

extension ExperimentError {
    /// The one place where a failure inside the package becomes one of the API; an error of the API stays what it is.
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - operation: What was being done, such as `record` or `open`.
    ///   - isTransient: Whether trying again can help, where it is known; nil for what the failure says.
    package init(_ error: any Error, during operation: String, isTransient: Bool? = nil) {
        if let error = error as? ExperimentError {
            self = error
            return
        }
        let failure = StorageFailure(error)
        self = .backend(
            BackendFailure(
                operation: operation, code: failure.code, message: failure.message,
                isTransient: isTransient ?? failure.isTransient))
    }
}

/// Runs a body at the public edge: whatever it throws leaves as an error of the API.
/// - Parameters:
///   - operation: What is being done, such as `record` or `open`.
///   - body: What may fail.
/// - Returns: What the body returns.
/// - Throws: An ``Experimentation/ExperimentError``.
package func translating<Value: ~Copyable>(
    _ operation: String, _ body: () throws -> Value
) throws(ExperimentError) -> Value {
    do { return try body() } catch { throw ExperimentError(error, during: operation) }
}
