import ExperimentDatabase
import Foundation
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
        let select = try connection.query("SELECT a FROM t ORDER BY rowid")
        while try select.step() { read.append(select.text(0)) }
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
        #expect(try connection.value("SELECT a FROM t WHERE rowid = 1") { $0.int64(0) } == .min)
        #expect(try connection.value("SELECT a FROM t WHERE rowid = 2") { $0.double(0) } == 0.1)
        #expect(try connection.value("SELECT a FROM t WHERE rowid = 2") { $0.isNull(0) } == false)
        #expect(try connection.value("SELECT a FROM t WHERE rowid = 3") { $0.isNull(0) } == true)
    }

    private func insertAndFail(_ connection: borrowing Connection) throws {
        let transaction = try connection.begin()
        try connection.run("INSERT INTO t VALUES (?1)", 1)
        try connection.execute("no statement")
        try transaction.commit()
    }

    @Test("a transaction that an error leaves, or that nobody commits, leaves nothing")
    func rollback() throws {
        let connection = try open()
        #expect(throws: StorageFailure.self) { try insertAndFail(connection) }
        let isOpenAfterError = connection.isInTransaction
        #expect(!isOpenAfterError)
        let transaction = try connection.begin()
        try connection.run("INSERT INTO t VALUES (?1)", 1)
        transaction.rollBack()
        let isOpenAfterwards = connection.isInTransaction
        #expect(!isOpenAfterwards)
        #expect(try connection.value("SELECT count(*) FROM t") { $0.int(0) } == 0)
    }

    @Test("a transaction that is committed keeps what it wrote, and a snapshot inside it does not end it")
    func commit() throws {
        let connection = try open()
        let transaction = try connection.begin()
        try connection.run("INSERT INTO t VALUES (?1)", 1)
        let snapshot = try connection.beginSnapshot()
        try connection.run("INSERT INTO t VALUES (?1)", 2)
        try snapshot.commit()
        let isOpen = connection.isInTransaction
        #expect(isOpen)
        try transaction.commit()
        #expect(try connection.value("SELECT count(*) FROM t") { $0.int(0) } == 2)
    }

    @Test("values are bound in the order of the parameters, and columns are read in the order of the select list")
    func order() throws {
        let connection = try open()
        let query = try connection.query(
            "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7", Int64.max, -2, 0.5, "e\u{301}", true, String?.none, Double?.some(1.5))
        #expect(try query.step())
        var row = query.row
        let numbers = (row.int64(), row.int(), row.double())
        #expect(numbers == (.max, -2, 0.5))
        let text = row.text()
        #expect(Array(text.utf8) == Array("e\u{301}".utf8))
        let isTrue = row.bool()
        #expect(isTrue)
        let (missing, present) = (row.optionalText(), row.optionalDouble())
        #expect(missing == nil)
        #expect(present == 1.5)
    }

    @Test("double-quoted text is no string: a misspelt column is an error")
    func quotes() throws {
        let connection = try open()
        #expect(throws: StorageFailure.self) { try connection.execute("SELECT \"mistake\" FROM t") }
    }

    @Test("a lock held elsewhere is an error that may pass, after the time given")
    func busy() throws {
        let first = try open()
        let second = try Connection.open(folder.file("x.db"), .readWrite)
        try first.execute("BEGIN IMMEDIATE")
        second.setBusyTimeout(milliseconds: 20)
        let error = #expect(throws: StorageFailure.self) { try second.execute("BEGIN IMMEDIATE") }
        #expect(error?.isTransient == true)
        try first.execute("COMMIT")
        try second.execute("BEGIN IMMEDIATE; COMMIT")
    }
}
