package import ExperimentDatabase

/// Reads and writes what a definitions file says of reports, inside its caller's transaction.
package enum ReportSettingTable {
    private static let select = "SELECT timezone FROM report_setting"
    private static let upsert = """
        INSERT INTO report_setting (only_row, timezone) VALUES (1, ?1)
        ON CONFLICT (only_row) DO UPDATE SET timezone = excluded.timezone
        """

    /// The zone whose days reports and nights count; nil where nobody named one, which is UTC.
    package static func timezone(_ connection: borrowing Connection) throws -> String? {
        try connection.value(select) { $0.text(0) }
    }

    package static func setTimezone(_ name: String, _ connection: borrowing Connection) throws {
        try connection.run(upsert, name)
    }
}
