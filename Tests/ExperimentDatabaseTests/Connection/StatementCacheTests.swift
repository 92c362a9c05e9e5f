import ExperimentDatabase
import Foundation
import TestSupport
import Testing

@Suite("Statements that are prepared once")
struct StatementCacheTests {
    let folder = TemporaryFolder()

    private func open() throws -> Connection {
        _ = FileManager.default.createFile(atPath: folder.file("x.db"), contents: nil)
        let connection = try Connection.open(folder.file("x.db"), .readWrite)
        try connection.execute(
            "PRAGMA journal_mode = WAL; CREATE TABLE t (a ANY) STRICT; INSERT INTO t VALUES (1), (2)")
        return connection
    }

    /// A statement that is never finalized keeps its connection, and so the file.
    private func openFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
            return target?.hasPrefix(folder.file("x.db")) == true
        }
    }

    @Test("the next user finds none of what the one before bound")
    func bindings() throws {
        let connection = try open()
        for value: Int64? in [7, nil] {
            let insert = try connection.prepare("INSERT INTO t VALUES (?1)")
            if let value { try insert.bind(value, at: 1) }
            try insert.run()
        }
        #expect(try connection.value("SELECT count(*) FROM t WHERE a = 7") { $0.int(0) } == 1)
        #expect(try connection.value("SELECT count(*) FROM t WHERE a IS NULL") { $0.int(0) } == 1)
    }

    @Test("one that was left at a row begins again, and holds no snapshot meanwhile")
    func rows() throws {
        let connection = try open()
        let writer = try Connection.open(folder.file("x.db"), .readWrite)
        for added: Int64 in 2...4 {
            do {
                let select = try connection.prepare("SELECT count(*) FROM t UNION ALL SELECT a FROM t")
                #expect(try select.step())
                #expect(select.int64(0) == added)
            }
            try writer.execute("INSERT INTO t VALUES (3)")
            #expect(try writer.value("PRAGMA wal_checkpoint(RESTART)") { $0.int(0) } == 0, "nobody holds the log")
        }
    }

    @Test("two users at once of the same SQL do not disturb each other")
    func nested() throws {
        let sql = "SELECT a FROM t ORDER BY a"
        var pairs: [[Int64]] = []
        do {
            let connection = try open()
            for _ in 0..<2 {
                let outer = try connection.query(sql)
                while try outer.step() {
                    let inner = try connection.query(sql)
                    while try inner.step() { pairs.append([outer.int64(0), inner.int64(0)]) }
                }
            }
        }
        #expect(try openFiles().isEmpty)
        #expect(pairs == [[1, 1], [1, 2], [2, 1], [2, 2], [1, 1], [1, 2], [2, 1], [2, 2]])
    }

    @Test("SQL that differs in bytes alone is other SQL")
    func bytes() throws {
        let connection = try open()
        #expect(try connection.value("SELECT hex('\u{e9}')") { $0.text(0) } == "C3A9")
        #expect(try connection.value("SELECT hex('e\u{301}')") { $0.text(0) } == "65CC81")
    }

    @Test("a changed schema is noticed")
    func schema() throws {
        let connection = try open()
        let count = "SELECT count(*) FROM t WHERE a > 0"
        #expect(try connection.value(count) { $0.int(0) } == 2)
        try connection.execute("DROP TABLE t; CREATE TABLE t (b ANY, a ANY) STRICT; INSERT INTO t VALUES (-1, 5)")
        #expect(try connection.value(count) { $0.int(0) } == 1)
        let insert = "INSERT INTO t (a) VALUES (9)"
        try connection.prepare(insert).run()
        try connection.execute(
            "CREATE TRIGGER double AFTER INSERT ON t WHEN NEW.b IS NULL BEGIN INSERT INTO t VALUES (0, 9); END")
        try connection.prepare(insert).run()
        #expect(try connection.value("SELECT count(*) FROM t WHERE a = 9") { $0.int(0) } == 3)
    }

    @Test("one that outlives its connection still works, and then lets go of the file")
    func outliving() throws {
        func statement() throws -> Statement {
            let connection = try open()
            #expect(try connection.value("SELECT count(*) FROM t") { $0.int(0) } == 2)
            return try connection.prepare("SELECT count(*) FROM t")
        }
        do {
            let select = try statement()
            #expect(try select.step())
            #expect(select.int(0) == 2)
        }
        #expect(try openFiles().isEmpty)
    }

    @Test("more of them than are kept all work")
    func many() throws {
        let connection = try open()
        for round in 0..<3 {
            for number in 0..<300 {
                #expect(
                    try connection.value("SELECT \(number) + count(*) FROM t") { $0.int(0) } == number + 2, "\(round)")
            }
        }
    }
}
