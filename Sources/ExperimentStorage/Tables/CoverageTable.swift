import ExperimentDatabase

/// Writes the share of units that take part in a phase, inside its caller's transaction.
enum CoverageTable {
    private static let insert = "INSERT INTO phase_coverage VALUES (?1, ?2, ?3)"
    private static let delete = "DELETE FROM phase_coverage WHERE phase_id = ?1"

    /// Gives a phase that has not started its coverage; a phase without a row covers everybody.
    static func set(
        _ coverage: Double, of phaseID: RowNumber<PhaseRow>, at now: Int64, _ connection: borrowing Connection
    ) throws {
        try clear(phaseID, connection)
        if coverage < 1 { try raise(to: coverage, of: phaseID, at: now, connection) }
    }

    /// Lets more units in.
    static func raise(
        to coverage: Double, of phaseID: RowNumber<PhaseRow>, at now: Int64, _ connection: borrowing Connection
    ) throws {
        let insert = try connection.prepare(Self.insert)
        try insert.bind(phaseID, at: 1)
        try insert.bind(coverage, at: 2)
        try insert.bind(now, at: 3)
        try insert.run()
    }

    /// Takes the coverage of a phase that has not started away.
    static func clear(_ phaseID: RowNumber<PhaseRow>, _ connection: borrowing Connection) throws {
        let delete = try connection.prepare(Self.delete)
        try delete.bind(phaseID, at: 1)
        try delete.run()
    }
}
