package import ExperimentDatabase
package import Experimentation

/// The units that were erased from a file, by a keyed hash: enough to leave them out of an import, and not to list them.
///
/// The key is the file's own, so that the hashes of two files say nothing about each other.
package struct ErasedUnits: Sendable {
    private struct Hash: Hashable {
        let first: Int64
        let second: Int64
    }

    private static let selectKey = "SELECT first, second FROM erasure_key"
    private static let insertKey = "INSERT INTO erasure_key VALUES (1, ?1, ?2)"
    private static let select = "SELECT first, second FROM erased_unit"
    private static let insert = "INSERT OR IGNORE INTO erased_unit VALUES (?1, ?2, ?3)"

    private var hash: KeyedHash?
    private var known: Set<Hash> = []

    /// Reads them; without any nothing is hashed afterwards.
    package init(_ connection: borrowing Connection) throws {
        hash = try Self.key(connection).map { KeyedHash(key: $0) }
        let rows = try connection.query(Self.select)
        while try rows.step() { known.insert(Hash(first: rows.int64(0), second: rows.int64(1))) }
    }

    /// Whether a record's user or session was erased.
    package func contains(userID: UnitID?, sessionID: UnitID?) -> Bool {
        guard !known.isEmpty, let hash else { return false }
        return userID.map { known.contains(Self.hash($0, .user, hash)) } ?? false
            || sessionID.map { known.contains(Self.hash($0, .session, hash)) } ?? false
    }

    /// Adds units, with a new key where there is none; inside its caller's transaction.
    static func add(_ ids: ErasedIDs, _ connection: borrowing Connection) throws {
        let key: (UInt64, UInt64)
        if let known = try self.key(connection) {
            key = known
        } else {
            key = (.random(in: .min ... .max), .random(in: .min ... .max))
            try connection.run(insertKey, Int64(bitPattern: key.0), Int64(bitPattern: key.1))
        }
        let hash = KeyedHash(key: key)
        let now = try connection.value("SELECT max(removal_id) FROM removal") { $0.int64(0) } ?? 0
        for (id, unit) in ids.users.map({ ($0, ExperimentUnit.user) }) + ids.sessions.map({ ($0, .session) }) {
            let found = Self.hash(id, unit, hash)
            try connection.run(insert, found.first, found.second, now)
        }
    }

    private static func key(_ connection: borrowing Connection) throws -> (UInt64, UInt64)? {
        try connection.value(selectKey) { (UInt64(bitPattern: $0.int64(0)), UInt64(bitPattern: $0.int64(1))) }
    }

    /// A user and a session of the same id are not the same unit.
    private static func hash(_ id: UnitID, _ unit: ExperimentUnit, _ hash: KeyedHash) -> Hash {
        let (first, second) = hash([unit == .user ? 1 : 2] + Array(id.text.utf8))
        return Hash(first: Int64(bitPattern: first), second: Int64(bitPattern: second))
    }
}
