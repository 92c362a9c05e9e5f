import Experimentation

/// A table, view, index or trigger in which a file differs from what this library's scripts make.
package struct SchemaDifference: Sendable, Hashable {
    /// Way in which the object differs.
    package enum Kind: String, Sendable, Hashable {
        case missing
        case changed
        /// Somebody else's; SQLite's own tables are not looked at.
        case foreign
    }

    package let kind: Kind
    /// Type of the object: table, view, index or trigger.
    package let type: String
    package let name: String

    private static let objects = """
        SELECT type, name, coalesce(sql, '') FROM sqlite_schema
        WHERE name NOT LIKE 'sqlite^_%' ESCAPE '^' OR name LIKE 'sqlite^_autoindex%' ESCAPE '^' ORDER BY type, name
        """

    /// Compares a file with a database in memory that the scripts up to the file's version have just made.
    package static func all(_ connection: borrowing Connection) throws -> [SchemaDifference] {
        let model = try Connection.open(":memory:", .readWrite)
        let version = try Schema.check(connection)
        try Migrator.migrate(model, to: Migration.all.filter { $0.version <= version })
        let (expected, found) = (try objects(model), try objects(connection))
        var differences: [SchemaDifference] = []
        for (key, sql) in expected where found[key] != sql {
            differences.append(
                SchemaDifference(kind: found[key] == nil ? .missing : .changed, type: key.type, name: key.name))
        }
        for key in found.keys where expected[key] == nil {
            differences.append(SchemaDifference(kind: .foreign, type: key.type, name: key.name))
        }
        return differences.sorted { ($0.kind.rawValue, $0.type, $0.name) < ($1.kind.rawValue, $1.type, $1.name) }
    }

    private struct Key: Hashable {
        let type: String
        let name: String
    }

    private static func objects(_ connection: borrowing Connection) throws -> [Key: Name<SchemaDifference>] {
        var objects: [Key: Name<SchemaDifference>] = [:]
        let select = try connection.query(Self.objects)
        while try select.step() {
            var row = select.row
            objects[Key(type: row.text(), name: row.text())] = row.name()
        }
        return objects
    }
}
