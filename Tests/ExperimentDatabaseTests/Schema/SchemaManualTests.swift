import ExperimentDatabase
import Foundation
import TestSupport
import Testing

/// `.schema` is the manual of whoever opens the file with sqlite3: it prints what is stored, which is what stands inside
/// each CREATE.
@Suite("The manual in the file")
struct SchemaManualTests {
    private struct Object {
        let type: String
        let name: String
        let sql: String
    }

    private let folder = TemporaryFolder()

    /// The objects in the order in which `.schema` prints them.
    private func objects() throws -> [Object] {
        let connection = try DatabaseFile.openForWriting(
            DatabasePath(folder.file("shop.db")), creating: true, permissions: 0o600, synchronous: .full)
        var objects: [Object] = []
        let select = try connection.prepare(
            "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
        while try select.step() {
            objects.append(Object(type: select.text(0), name: select.text(1), sql: select.text(2)))
        }
        return objects
    }

    @Test("every table and view says inside its CREATE what a row of it is")
    func commented() throws {
        for object in try objects() where ["table", "view"].contains(object.type) {
            let comment = object.sql.split(separator: "\n").first { $0.contains("--") }
            #expect(comment?.contains("-- ") == true, "\(object.name) has no comment")
            let isForTriggers = object.sql.contains("-- For triggers:")
            #expect(object.sql.contains("One row") || isForTriggers, "\(object.name) does not say what a row is")
        }
    }

    @Test("the view columns says for each column of each public view, in their order, what it holds")
    func columns() throws {
        let connection = try DatabaseFile.openForWriting(
            DatabasePath(folder.file("shop.db")), creating: true, permissions: 0o600, synchronous: .full)
        let views = try objects().filter { $0.type == "view" }.filter { view in
            !["-- Inner step.", "-- For triggers:"].contains(where: view.sql.contains)
        }.map(\.name)
        var actual: [String] = []
        for view in views {
            let select = try connection.prepare("SELECT name FROM pragma_table_info(?1)")
            try select.bind(view, at: 1)
            while try select.step() { actual.append("\(view).\(select.text(0))") }
        }
        var told: [String] = []
        let select = try connection.prepare("SELECT view, column, meaning FROM columns")
        while try select.step() {
            told.append("\(select.text(0)).\(select.text(1))")
            #expect(!select.text(2).isEmpty)
        }
        #expect(told == actual)
    }

    @Test("no table can be mistaken for a view by one letter")
    func apart() throws {
        let objects = try objects()
        let tables = objects.filter { $0.type == "table" }.map(\.name)
        for view in objects where view.type == "view" {
            for table in tables {
                let (short, long) = table.utf8.count < view.name.utf8.count ? (table, view.name) : (view.name, table)
                let isNear = long.utf8.count - short.utf8.count <= 1 && long.hasPrefix(short.prefix(short.count - 1))
                #expect(!isNear, "\(table) and \(view.name)")
            }
        }
    }

    @Test("the public views come first, and what they are made of last")
    func order() throws {
        let views = try objects().filter { $0.type == "view" && !$0.sql.contains("-- For triggers:") }
        let inner = views.map { $0.sql.contains("-- Inner step.") }
        #expect(inner == inner.sorted { !$0 && $1 })
        #expect(inner.contains(false) && inner.contains(true))
    }

    @Test("the triggers take no more room than an analyst scrolls by")
    func triggers() throws {
        let lines = try objects().filter { $0.type == "trigger" }
            .reduce(0) { $0 + $1.sql.split(separator: "\n").count }
        #expect(lines <= 96)
    }
}
