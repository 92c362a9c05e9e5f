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
    private static let selectOfReceipt = "SELECT first, second FROM erased_unit WHERE removal_id = ?1"
    private static let count = "SELECT count(*) FROM erased_unit"
    private static let insert = """
        INSERT INTO erased_unit VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET removal_id = excluded.removal_id
        """

    private var hash: KeyedHash?
    private var known: Set<Hash> = []

    /// Whether nobody was erased.
    var isEmpty: Bool { known.isEmpty }

    /// Reads them; without any nothing is hashed afterwards.
    package init(_ connection: borrowing Connection) throws {
        hash = try Self.key(connection).map { KeyedHash(key: $0) }
        let rows = try connection.query(Self.select)
        while try rows.step() { known.insert(Hash(first: rows.int64(0), second: rows.int64(1))) }
    }

    /// The units whose hashes another file keeps, by its key.
    init(key: (first: Int64, second: Int64), _ hashes: [(first: Int64, second: Int64)]) {
        hash = KeyedHash(key: (UInt64(bitPattern: key.first), UInt64(bitPattern: key.second)))
        known = Set(hashes.map { Hash(first: $0.first, second: $0.second) })
    }

    /// Reads those that were erased under one receipt, by their last erasure.
    init(of receipt: RowNumber<RemovalRow>, _ connection: borrowing Connection) throws {
        hash = try Self.key(connection).map { KeyedHash(key: $0) }
        let rows = try connection.query(Self.selectOfReceipt, receipt)
        while try rows.step() { known.insert(Hash(first: rows.int64(0), second: rows.int64(1))) }
    }

    /// Reads them again if somebody was erased since; no unit ever leaves the list.
    mutating func refresh(_ connection: borrowing Connection) throws {
        guard try connection.value(Self.count, { $0.int(0) }) != known.count else { return }
        self = try ErasedUnits(connection)
    }

    /// Whether a record's user or session was erased.
    package func contains(userID: UnitID?, sessionID: UnitID?) -> Bool {
        guard !known.isEmpty, let hash else { return false }
        return userID.map { known.contains(Self.hash($0, .user, hash)) } ?? false
            || sessionID.map { known.contains(Self.hash($0, .session, hash)) } ?? false
    }

    /// Adds units under a receipt, with a new key where there is none; inside its caller's transaction.
    static func add(
        _ ids: ErasedIDs, _ receipt: RowNumber<RemovalRow>, _ connection: borrowing Connection
    ) throws {
        let key: (UInt64, UInt64)
        if let known = try self.key(connection) {
            key = known
        } else {
            key = (.random(in: .min ... .max), .random(in: .min ... .max))
            try connection.run(insertKey, Int64(bitPattern: key.0), Int64(bitPattern: key.1))
        }
        let hash = KeyedHash(key: key)
        for (id, unit) in ids.users.map({ ($0, ExperimentUnit.user) }) + ids.sessions.map({ ($0, .session) }) {
            let found = Self.hash(id, unit, hash)
            try connection.run(insert, found.first, found.second, receipt)
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
