import ArgumentParser
import ExperimentVendors
import Experimentation

/// How an input writes records.
enum InputFormat: String, CaseIterable, ExpressibleByArgument {
    case csv
    case ndjson
    case growthBook = "growthbook"
    case statsig
    case postHog = "posthog"
    case optimizely

    /// The vendor whose log the input is; nil for columns of this library's names.
    var vendor: Vendor? { Vendor(rawValue: rawValue) }

    /// The format of a file: by its name, else by its first byte, since every line of NDJSON begins an object.
    init(path: String, _ input: InputFile) throws(Failure) {
        let lowercased = path.lowercased()
        let name = lowercased.hasSuffix(".gz") ? String(lowercased.dropLast(3)) : lowercased
        if name.hasSuffix(".csv") || name.hasSuffix(".tsv") {
            self = .csv
        } else if name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") {
            self = .ndjson
        } else {
            let window = try ByteWindow(input)
            try window.skipByteOrderMark()
            let bytes = UnsafeBufferPointer(start: window.bytes + window.start, count: window.end - window.start)
            let first = bytes.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d }
            self = first == UInt8(ascii: "{") ? .ndjson : .csv
        }
    }

    /// Refuses what no reader here reads, with the command that makes of it what one does.
    static func checkEncoding(_ input: InputFile, path: String) throws(Failure) {
        let window = try ByteWindow(input)
        _ = try window.extend()
        let start = Array(
            UnsafeBufferPointer(start: window.bytes + window.start, count: min(4, window.end - window.start)))
        let file = path == "-" ? "FILE" : ShellWord.quoted(path)
        let kinds: [([UInt8], String, String)] = [
            ([0x28, 0xb5, 0x2f, 0xfd], "compressed with zstd", "zstd -dc \(file) | experiments import … -"),
            (Array("PK\u{3}\u{4}".utf8), "a zip archive", "unzip -p \(file) | experiments import … -"),
            (
                Array("PAR1".utf8), "Parquet",
                "duckdb -csv -c \"FROM '\(path == "-" ? "FILE" : path)'\" | experiments import … -"
            ),
        ]
        guard let (_, what, command) = kinds.first(where: { start.starts(with: $0.0) }) else { return }
        throw Failure(.input, "\(Escaping.visible(input.name)): is \(what); this reads it: \(command)")
    }
}
