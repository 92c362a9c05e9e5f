import CExperimentSQLite

/// Handler that SQLite calls from time to time while a statement runs, until the value ends.
package struct ProgressHandler: ~Copyable {
    /// Steps of SQLite's virtual machine between two calls: about a millisecond or two.
    private static let stride: Int32 = 10_000

    private final class Body {
        let call: () -> Void

        init(_ call: @escaping () -> Void) {
            self.call = call
        }
    }

    private let connection: OpaquePointer
    private let body: Body

    fileprivate init(_ connection: OpaquePointer, _ call: @escaping () -> Void) {
        self.connection = connection
        body = Body(call)
        sqlite3_progress_handler(
            connection, Self.stride,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeUnretainedValue().call() }
                return 0
            }, Unmanaged.passUnretained(body).toOpaque())
    }

    deinit { sqlite3_progress_handler(connection, 0, nil, nil) }

    /// Ends it.
    package consuming func end() {}
}

extension Connection {
    /// Has a closure called from time to time, by the thread that runs a statement, until the value ends.
    package func callingWhileBusy(_ call: @escaping () -> Void) -> ProgressHandler { ProgressHandler(handle, call) }
}
