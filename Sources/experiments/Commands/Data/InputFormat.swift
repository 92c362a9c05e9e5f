import ArgumentParser
import ExperimentVendors
import Experimentation

/// The format in which an input writes records.
enum InputFormat: String, CaseIterable, ExpressibleByArgument {
    case csv
    case ndjson
    case growthBook = "growthbook"
    case statsig
    case postHog = "posthog"
    case optimizely

    /// The vendor whose log the input is; nil for columns of this library's names.
    var vendor: Vendor? { Vendor(rawValue: rawValue) }

    /// The format of a file: by its name, else by its first byte, since JSON begins with an object or a list of them.
    init(path: String, _ input: InputFile) throws(Failure) {
        var name = path.lowercased()
        for ending in [".gz", ".zst", ".zstd"] where name.hasSuffix(ending) { name.removeLast(ending.count) }
        if name.hasSuffix(".csv") || name.hasSuffix(".tsv") {
            self = .csv
        } else if name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") {
            self = .ndjson
        } else {
            let window = try ByteWindow(input)
            try window.skipByteOrderMark()
            let bytes = UnsafeBufferPointer(start: window.bytes + window.start, count: window.end - window.start)
            let first = bytes.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d }
            self = first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .ndjson : .csv
        }
    }

    /// Refuses what no reader here reads, with the command that makes of it what one does.
    static func checkEncoding(_ input: InputFile, path: String) throws(Failure) {
        let window = try ByteWindow(input)
        _ = try window.extend()
        let bytes = UnsafeBufferPointer(start: window.bytes + window.start, count: min(64, window.end - window.start))
        guard let (what, command) = foreign(Array(bytes), file: path == "-" ? "FILE" : path) else { return }
        throw Failure(.input, "\(Escaping.visible(input.name)): is \(what); \(command)")
    }

    /// The kind of a file that is neither CSV nor JSON, by its first bytes, and what to do about it.
    private static func foreign(_ start: [UInt8], file: String) -> (what: String, command: String)? {
        let word = ShellWord.quoted(file)
        // In a statement of SQL a quote in a name is doubled, and the shell has the statement in quotes of its own.
        let name = file.replacing("'", with: "''")
        func piped(_ command: String) -> String { "this reads it: \(command) | experiments import … -" }
        func duckDB(_ reading: String) -> String { piped("duckdb -csv -c \(ShellWord.quoted("FROM \(reading)"))") }
        let isWorkbook = start.starts(with: Array("PK\u{3}\u{4}".utf8)) && isPackage(start.dropFirst(30))
        let kinds: [([UInt8], String, String)] = [
            (Array("PK\u{3}\u{4}".utf8), "a zip archive", piped("unzip -p \(word)")),
            (Array("PAR1".utf8), "Parquet", duckDB("'\(name)'")),
            (Array("Obj\u{1}".utf8), "Avro", duckDB("read_avro('\(name)')")),
            ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], "compressed with xz", piped("xz -dc \(word)")),
            (Array("BZh".utf8), "compressed with bzip2", piped("bzip2 -dc \(word)")),
            ([0x04, 0x22, 0x4d, 0x18], "compressed with lz4", piped("lz4 -dc \(word)")),
            ([0xff, 0xfe], "UTF-16", piped("iconv -f UTF-16 -t UTF-8 \(word)")),
            ([0xfe, 0xff], "UTF-16", piped("iconv -f UTF-16 -t UTF-8 \(word)")),
            (
                Array("SQLite format 3\0".utf8), "an SQLite database",
                piped("sqlite3 -readonly -csv -header \(word) 'SELECT …'")
            ),
        ]
        if isWorkbook { return ("a workbook of a spreadsheet", "save its sheet as CSV in UTF-8") }
        return kinds.first { start.starts(with: $0.0) }.map { ($0.1, $0.2) }
    }

    /// Whether the first file of a zip archive is one that Office's and OpenDocument's begin with.
    private static func isPackage(_ name: ArraySlice<UInt8>) -> Bool {
        ["[Content_Types].xml", "_rels/", "xl/", "docProps/", "mimetypeapplication/vnd.oasis"].contains {
            name.starts(with: $0.utf8)
        }
    }
}
