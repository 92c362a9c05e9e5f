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

    init(_ path: String) throws(Failure) {
        self.path = path
        guard (try? Stat(FilePath(path))) == nil else {
            throw Failure(.input, "\(Escaping.visible(path)) is already there; a snapshot wants a folder of its own")
        }
    }

    /// Writes the tables, and the script that makes Parquet files of them.
    func fill(with snapshot: ExperimentSnapshot, of options: DatabaseOptions) throws(Failure) {
        // Only this user may read the folder until it is complete.
        let folder = try explaining { try FilePath("\(path).writing").makingTemporaryFolder() }
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        var script = ""
        for table in try options.translating({ () throws(ExperimentError) in try snapshot.tables() }) {
            let columns = try options.translating { () throws(ExperimentError) in try snapshot.columns(of: table) }
            try write(table, columns, snapshot, options, to: folder)
            script += Self.parquet(of: table, columns)
        }
        try FileOutput.replace(folder.appending("parquet.sql").string, with: script)
        try explaining {
            let descriptor = try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
            // The tables name users.
            if let database = try? Stat(FilePath(options.database)) { descriptor.share(as: database, isFolder: true) }
            try descriptor.close()
            try folder.move(to: FilePath(path))
        }
    }

    private func write(
        _ table: String, _ columns: [ExperimentSnapshot.Column], _ snapshot: ExperimentSnapshot,
        _ options: DatabaseOptions, to folder: FilePath
    ) throws(Failure) {
        let name = folder.appending("\(table).csv").string
        var failure: Failure?
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                FilePath(name), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite)
        } catch { throw Failure(.input, "\(Escaping.visible(name)) cannot be written: \(error)") }
        defer { try? file.close() }
        if let database = try? Stat(FilePath(options.database)) { file.share(as: database) }
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
        case .text(let text): return RowText.csvCell(text)
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

    private func explaining<Value>(_ calls: () throws -> Value) throws(Failure) -> Value {
        do { return try calls() } catch {
            throw Failure(.input, "\(Escaping.visible(path)) cannot be written: \(error)")
        }
    }
}
