import ExperimentDatabase
import FoundationEssentials
import TestSupport
import Testing

@Suite("Statements")
struct StatementTests {
    let folder = TemporaryFolder()

    private func open() throws -> Connection {
        _ = FileManager.default.createFile(atPath: folder.file("x.db"), contents: nil)
        let connection = try Connection.open(folder.file("x.db"), .readWrite)
        try connection.execute("CREATE TABLE t (a ANY) STRICT")
        return connection
    }

    @Test("text is bound by its length: NUL, empty and any script come back as they were")
    func text() throws {
        let connection = try open()
        let insert = try connection.prepare("INSERT INTO t VALUES (?1)")
        let texts = ["", "a\0b", "caf\u{e9}", "cafe\u{301}", String(repeating: "x", count: 70_000)]
        for text in texts {
            try insert.bind(text, at: 1)
            try insert.run()
        }
        var read: [String] = []
        try connection.prepare("SELECT a FROM t ORDER BY rowid").forEachRow { (row) throws(SQLiteError) in
            read.append(row.text(0))
        }
        #expect(read.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
        #expect(try connection.value("SELECT count(*) FROM t WHERE typeof(a) = 'text'") { $0.int(0) } == texts.count)
    }

    @Test("numbers and NULL keep their type")
    func numbers() throws {
        let connection = try open()
        let insert = try connection.prepare("INSERT INTO t VALUES (?1)")
        try insert.bind(Int64.min, at: 1)
        try insert.run()
        try insert.bind(0.1, at: 1)
        try insert.run()
        try insert.bind(Int64?.none, at: 1)
        try insert.run()
        try connection.prepare("SELECT a FROM t WHERE rowid = 1").forEachRow { (row) throws(SQLiteError) in
            #expect(row.int64(0) == .min)
        }
        try connection.prepare("SELECT a FROM t WHERE rowid = 2").forEachRow { (row) throws(SQLiteError) in
            #expect(row.double(0) == 0.1)
            #expect(row.optionalInt64(0) != nil)
        }
        #expect(try connection.value("SELECT a FROM t WHERE rowid = 3") { $0.isNull(0) } == true)
    }

    @Test("a transaction whose body throws leaves nothing")
    func rollback() throws {
        let connection = try open()
        #expect(throws: SQLiteError.self) {
            try connection.transaction { () throws(SQLiteError) in
                try connection.execute("INSERT INTO t VALUES (1)")
                throw SQLiteError(code: 0, message: "no")
            }
        }
        let isOpen = connection.isInTransaction
        #expect(!isOpen)
        #expect(try connection.value("SELECT count(*) FROM t") { $0.int(0) } == 0)
    }

    @Test("double-quoted text is no string: a misspelt column is an error")
    func quotes() throws {
        let connection = try open()
        #expect(throws: SQLiteError.self) { try connection.execute("SELECT \"mistake\" FROM t") }
    }

    @Test("a lock held elsewhere is an error that may pass, after the time given")
    func busy() throws {
        let first = try open()
        let second = try Connection.open(folder.file("x.db"), .readWrite)
        try first.execute("BEGIN IMMEDIATE")
        second.setBusyTimeout(milliseconds: 20)
        let error = #expect(throws: SQLiteError.self) { try second.execute("BEGIN IMMEDIATE") }
        #expect(error?.isTransient == true)
        try first.execute("COMMIT")
        try second.execute("BEGIN IMMEDIATE; COMMIT")
    }
}
