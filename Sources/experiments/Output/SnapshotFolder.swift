import ExperimentAnalysis
import ExperimentPlatform
import Experimentation
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder of CSV files, one a table of a snapshot, which appears when it is complete.
struct SnapshotFolder {
    private let path: String
    private var temporary: String { "\(path).writing-\(ThisProcess.id)" }

    init(_ path: String) throws(Failure) {
        self.path = path
        guard (try? Stat(FilePath(path))) == nil else {
            throw Failure(.input, "\(Escaping.visible(path)) is already there; a snapshot wants a folder of its own")
        }
    }

    /// Writes the tables, and the script that makes Parquet files of them.
    func fill(with snapshot: ExperimentSnapshot, of options: DatabaseOptions) throws(Failure) {
        defer { try? FileManager.default.removeItem(atPath: temporary) }
        try explaining {
            try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: false)
        }
        var script = ""
        for table in try options.translating({ () throws(ExperimentError) in try snapshot.tables() }) {
            let columns = try options.translating { () throws(ExperimentError) in try snapshot.columns(of: table) }
            try write(table, columns, snapshot, options)
            script += Self.parquet(of: table, columns)
        }
        try FileOutput.replace("\(temporary)/parquet.sql", with: script)
        try explaining { try FilePath(temporary).move(to: FilePath(path)) }
    }

    private func write(
        _ table: String, _ columns: [ExperimentSnapshot.Column], _ snapshot: ExperimentSnapshot,
        _ options: DatabaseOptions
    ) throws(Failure) {
        let name = "\(temporary)/\(table).csv"
        var failure: Failure?
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                FilePath(name), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead])
        } catch { throw Failure(.input, "\(Escaping.visible(name)) cannot be written: \(error)") }
        defer { try? file.close() }
        var lines = columns.map { Self.cell(.text($0.name)) }.joined(separator: ",") + "\n"
        func flush() {
            guard failure == nil else { return }
            do throws(Failure) { try FileOutput.write(lines, to: file, named: name) } catch { failure = error }
            lines = ""
        }
        try options.translating { () throws(ExperimentError) in
            try snapshot.forEachRow(of: table) { row in
                lines += row.map(Self.cell).joined(separator: ",") + "\n"
                if lines.utf8.count > 1 << 16 { flush() }
                return failure == nil
            }
        }
        flush()
        if let failure { throw failure }
    }

    /// A cell by RFC 4180; a text that is empty is quoted, so that it can be told from none.
    private static func cell(_ value: ExperimentSnapshot.Value) -> String {
        switch value {
        case .null: return ""
        case .integer(let number): return String(number)
        case .real(let number): return "\(number)"
        case .text(let text):
            let isPlain = !text.isEmpty && !text.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
            return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
        }
    }

    /// A statement of DuckDB that makes a Parquet file of a CSV file; with the types, so that an id 007 stays a text.
    private static func parquet(of table: String, _ columns: [ExperimentSnapshot.Column]) -> String {
        let types = columns.map { column in
            let type = ["INTEGER": "BIGINT", "REAL": "DOUBLE", "NUMERIC": "DOUBLE"][column.type] ?? "VARCHAR"
            return "'\(column.name)': '\(type)'"
        }
        return
            "COPY (SELECT * FROM read_csv('\(table).csv', header = true, columns = {\(types.joined(separator: ", "))})) "
            + "TO '\(table).parquet' (FORMAT parquet);\n"
    }

    private func explaining(_ calls: () throws -> Void) throws(Failure) {
        do { try calls() } catch { throw Failure(.input, "\(Escaping.visible(path)) cannot be written: \(error)") }
    }
}
