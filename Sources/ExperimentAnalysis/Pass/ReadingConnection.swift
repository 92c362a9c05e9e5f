import ExperimentDatabase

/// A second connection to a file, in a read transaction at the same moment as the first.
///
/// Rows are only added to the logs, and numbered in order. So below the same row both connections see the same rows, unless
/// between their beginnings definitions were changed or rows removed; then there is no second connection.
final class ReadingConnection {
    // Ends before the connection does.
    private let reading: Transaction
    let connection: Connection

    private static let moment = """
        SELECT (SELECT version FROM definition_version),
            (SELECT coalesce(sum(exposures + outcomes + links), 0) FROM removal)
        """

    init?(_ path: DatabasePath, asOf first: borrowing Connection) throws {
        let connection = try DatabaseFile.openForReading(path)
        try connection.execute("PRAGMA cache_size = -8192")
        reading = try connection.begin(.deferred)
        let isSame = try Self.moment(connection) == Self.moment(first)
        self.connection = connection
        guard isSame else { return nil }
    }

    private static func moment(_ connection: borrowing Connection) throws -> [Int64]? {
        try connection.value(moment) { [$0.int64(0), $0.int64(1)] }
    }
}
