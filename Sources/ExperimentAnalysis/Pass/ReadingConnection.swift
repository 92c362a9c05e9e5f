import ExperimentDatabase

/// A second connection to a file, in a read transaction at the same moment as the first.
///
/// Rows are only added to the logs, and numbered in order. So below the same row both connections see the same rows, unless
/// between their beginnings definitions were changed or rows removed: then the older one begins again.
final class ReadingConnection {
    // Ends before the connection does.
    private let reading: Transaction
    let connection: Connection

    /// A number that changes of definitions, erasure and retention raise; rows that are added leave it as it is.
    private static let state = """
        SELECT (SELECT version FROM definition_version),
            (SELECT coalesce(sum(exposures + outcomes + links), 0) FROM removal)
        """
    /// Beginnings before it is left to one connection; each takes well under a millisecond.
    private static let attempts = 100

    /// Opens the connection; nil where something changed between all of the attempts.
    ///
    /// The first connection is in a read transaction in which nothing was read that counts, since the transaction may begin again.
    init?(_ path: DatabasePath, asOf first: borrowing Connection) throws {
        let connection = try DatabaseFile.openForReading(path)
        try connection.execute("PRAGMA cache_size = -8192")
        reading = try connection.begin(.deferred)
        var states = (first: try Self.state(first), second: try Self.state(connection))
        for attempt in 1...Self.attempts where states.first != states.second {
            if attempt.isMultiple(of: 2) {
                try connection.renewSnapshot()
                states.second = try Self.state(connection)
            } else {
                try first.renewSnapshot()
                states.first = try Self.state(first)
            }
        }
        self.connection = connection
        guard states.first == states.second else { return nil }
    }

    private static func state(_ connection: borrowing Connection) throws -> [Int64]? {
        try connection.value(state) { [$0.int64(0), $0.int64(1)] }
    }
}
