import ExperimentDatabase
public import ExperimentDefinitions
public import Experimentation

/// The ids whose rows are erased: of users, of sessions, or both.
public struct ErasedIDs: Sendable, Hashable {
    /// Users, by their ids.
    public var users: [UnitID]
    /// Sessions, by their ids.
    public var sessions: [UnitID]

    /// Creates a list of ids.
    /// - Parameters:
    ///   - users: Ids of users.
    ///   - sessions: Ids of sessions.
    public init(users: [UnitID] = [], sessions: [UnitID] = []) {
        self.users = users
        self.sessions = sessions
    }

    /// Whether it names nobody.
    public var isEmpty: Bool { users.isEmpty && sessions.isEmpty }

    fileprivate func check() throws(ExperimentError) {
        guard !isEmpty else { throw .invalid("user_id", "or session_id must be given") }
        for id in users { try Rules.checkUnitID(id, field: "user_id") }
        for id in sessions { try Rules.checkUnitID(id, field: "session_id") }
    }
}

extension ExperimentAdministrator {
    /// Removes every row of users and sessions, from the file and from its log, beside a running server or without one.
    ///
    /// Gone are their exposures, outcomes, links and overrides; a later import leaves their records out, by a keyed hash
    /// that is kept. Results are then those of the same data without these units. Stored nights are sums over units: they
    /// stay, and the receipt tells that they still count who was erased. Copies made before, backups and those of an
    /// upgrade, are not touched. A server that goes on sending an id records the id again.
    ///
    /// Reads the logs once from end to end. Interrupted, it goes on when it is called again, for whomever: the receipt is
    /// closed when also the rows of those are gone whose erasure was interrupted, which takes another reading. Blocks.
    /// - Parameters:
    ///   - ids: Whose rows.
    ///   - patience: How long to wait for the server that owns the file to empty the log, which a reader can hold up.
    /// - Returns: The receipt; not complete where the log could not be emptied in time, which the server then does as soon
    ///   as it can, or the next tool that finds the file without a server.
    /// - Throws: ``Experimentation/ExperimentError/invalidContext(_:)`` for an id that breaks a rule;
    ///   ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be written.
    public func erase(_ ids: ErasedIDs, waiting patience: Duration = .seconds(30)) throws(ExperimentError) -> Removal {
        try ids.check()
        return try translating("erase") {
            try Erasure.select(ids, file.connection)
            var removal = try RowRemoval(.erasure, file)
            let condition = Erasure.condition
            let receipt = removal.receipt
            let interrupted = try ErasedUnits(of: receipt, file.connection)
            // Before the first row goes, so that no import brings one back meanwhile.
            try RowRemoval.change(file) { try ErasedUnits.add(ids, receipt, $0) }
            if !interrupted.isEmpty { try Erasure.select(interrupted, file.connection) }
            for log in RemovableLog.allCases { try removal.remove(condition, from: log, file) }
            let conditions = Dictionary(uniqueKeysWithValues: RemovableLog.allCases.map { ($0, condition) })
            try removal.finish(conditions, file) { try Erasure.removeOverrides($0) }
            guard let written = try RowRemoval.emptyLog(file, waiting: patience) else {
                throw StorageFailure.damaged("the receipt of the removal is not there")
            }
            return written
        }
    }

    /// Counts the rows that ``erase(_:waiting:)`` would remove.
    /// - Parameter ids: Whose rows.
    /// - Returns: The rows of the three logs.
    /// - Throws: As ``erase(_:waiting:)``.
    public func countRows(of ids: ErasedIDs) throws(ExperimentError) -> (exposures: Int, outcomes: Int, links: Int) {
        try ids.check()
        return try translating("erase") {
            try Erasure.select(ids, file.connection)
            let snapshot = try file.connection.beginSnapshot()
            let counts = try RemovableLog.allCases.map { log in
                try file.connection.value("SELECT count(*) FROM \(log.table) AS r WHERE \(Erasure.condition)") {
                    $0.int(0)
                } ?? 0
            }
            try snapshot.commit()
            return (counts[0], counts[1], counts[2])
        }
    }
}

/// The rows of units that are erased.
private enum Erasure {
    /// The condition on a row of a log, over its alias `r`, for the row to be erased.
    static let condition = """
        r.user_id IN (SELECT id FROM temp.erased WHERE is_user) OR r.session_id IN (SELECT id FROM temp.erased WHERE NOT is_user)
        """
    private static let schema = """
        DROP TABLE IF EXISTS temp.erased;
        CREATE TEMP TABLE erased (is_user INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (is_user, id)) WITHOUT ROWID
        """
    private static let insertion = "INSERT OR IGNORE INTO temp.erased VALUES (?1, ?2)"
    private static let everyUnit = """
        SELECT user_id, session_id FROM exposure_log
        UNION ALL SELECT user_id, session_id FROM outcome_log
        UNION ALL SELECT user_id, session_id FROM link_log
        UNION ALL SELECT iif(x.unit = 'user', o.unit_id, NULL), iif(x.unit = 'session', o.unit_id, NULL)
            FROM unit_override AS o JOIN experiment_definition AS x USING (experiment_id)
        """
    private static let deleteOverrides = """
        DELETE FROM unit_override WHERE (experiment_id, unit_id) IN (
            SELECT x.experiment_id, e.id FROM experiment_definition AS x
            JOIN temp.erased AS e ON e.is_user = (x.unit = 'user'))
        """

    /// Notes the ids in a temporary table, which lies in memory.
    static func select(_ ids: ErasedIDs, _ connection: borrowing Connection) throws {
        try connection.execute(schema)
        try insert(ids, connection)
    }

    private static func insert(_ ids: ErasedIDs, _ connection: borrowing Connection) throws {
        for id in ids.users { try connection.run(insertion, true, id) }
        for id in ids.sessions { try connection.run(insertion, false, id) }
    }

    /// Adds the units whose erasure was interrupted, of which the file keeps hashes alone: every id is looked up among them.
    static func select(_ units: ErasedUnits, _ connection: borrowing Connection) throws {
        var found = ErasedIDs()
        let rows = try connection.query(everyUnit)
        // Neighbouring rows are often of the same unit.
        var last: (user: UnitID?, session: UnitID?) = (nil, nil)
        while try rows.step() {
            let (user, session): (UnitID?, UnitID?) = (rows.optionalName(0), rows.optionalName(1))
            if let user, user != last.user, units.contains(userID: user, sessionID: nil) { found.users.append(user) }
            if let session, session != last.session, units.contains(userID: nil, sessionID: session) {
                found.sessions.append(session)
            }
            last = (user, session)
        }
        try insert(found, connection)
    }

    static func removeOverrides(_ connection: borrowing Connection) throws { try connection.run(deleteOverrides) }
}
