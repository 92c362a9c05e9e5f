import Experimentation

/// A row whose unit is still looked for.
struct PendingOutcome {
    /// Negative for none.
    let experiment: Int32
    let metric: Int32
    let measures: Int32
    let hasRecordID: Bool
    let value: UInt64
    let time: Int64
    let user: UnitKeys.Key
    let session: UnitKeys.Key
    /// The first unit of the id, counted from 1, or 0; on the way there perhaps of another id of the same hash.
    var firstUser: UInt32 = 0
    var firstSession: UInt32 = 0
    /// Places of the ids of the first units, in words of eight bytes.
    var userWords: UInt32 = 0
    var sessionWords: UInt32 = 0
}

extension PendingOutcome {
    /// Looks up the ids of some rows: first all slots, then all units, then all ids, each a place of memory that has to be
    /// waited for.
    static func findFirstUnits(
        _ rows: UnsafeMutableBufferPointer<PendingOutcome>, _ users: PassUnits.Lookup, _ sessions: PassUnits.Lookup,
        _ keys: borrowing UnitKeys, _ known: UnitShare
    ) {
        func isKnown(_ key: UnitKeys.Key) -> Bool { !key.isAbsent && known.holds(key.tag) }
        for index in rows.indices {
            if isKnown(rows[index].user) { rows[index].firstUser = users.candidate(rows[index].user) }
            if isKnown(rows[index].session) { rows[index].firstSession = sessions.candidate(rows[index].session) }
        }
        for index in rows.indices {
            rows[index].userWords = users.idPlace(rows[index].firstUser)
            rows[index].sessionWords = sessions.idPlace(rows[index].firstSession)
        }
        for index in rows.indices {
            let row = rows[index]
            if row.firstUser != 0 {
                rows[index].firstUser = users.first(row.user, row.firstUser, at: row.userWords, keys)
            }
            if row.firstSession != 0 {
                rows[index].firstSession = sessions.first(row.session, row.firstSession, at: row.sessionWords, keys)
            }
        }
    }
}
