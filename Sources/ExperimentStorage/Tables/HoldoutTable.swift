import ExperimentDatabase
import Experimentation

/// Reads and writes the global holdout.
enum HoldoutTable {
    private static let select = "SELECT name, share FROM holdout"
    private static let upsert = """
        INSERT INTO holdout (only_row, name, share) VALUES (1, ?1, ?2)
        ON CONFLICT (only_row) DO UPDATE SET name = excluded.name, share = excluded.share
        """

    /// The holdout that phases take over when they start.
    static func current(_ connection: borrowing Connection) throws -> Holdout? {
        let select = try connection.prepare(Self.select)
        guard try select.step() else { return nil }
        do throws(ExperimentError) {
            return try Holdout(name: select.text(0), share: select.double(1))
        } catch {
            throw StorageFailure.damaged("the file's holdout breaks a rule: \(error)")
        }
    }

    static func set(_ holdout: Holdout, _ connection: borrowing Connection) throws {
        let upsert = try connection.prepare(Self.upsert)
        try upsert.bind(holdout.name, at: 1)
        try upsert.bind(holdout.share, at: 2)
        try upsert.run()
    }
}
