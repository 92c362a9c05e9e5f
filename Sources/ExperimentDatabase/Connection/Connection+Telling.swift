import CExperimentSQLite

extension Connection {
    /// Steps of SQLite's virtual machine between two tellings: some thousand rows that are copied, a millisecond or two.
    private static let stride: Int32 = 10_000

    private final class Telling {
        let body: () -> Void

        init(_ body: @escaping () -> Void) {
            self.body = body
        }
    }

    /// Runs a body, and meanwhile calls another from time to time: what takes long is told about.
    package func telling<Result: ~Copyable>(
        _ tell: @escaping () -> Void, _ body: () throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        let telling = Telling(tell)
        let context = Unmanaged.passUnretained(telling).toOpaque()
        sqlite3_progress_handler(
            handle, Self.stride,
            { context in
                if let context { Unmanaged<Telling>.fromOpaque(context).takeUnretainedValue().body() }
                return 0
            }, context)
        defer {
            sqlite3_progress_handler(handle, 0, nil, nil)
            withExtendedLifetime(telling) {}
        }
        return try body()
    }
}
