import ArgumentParser

/// How an input writes records.
enum InputFormat: String, CaseIterable, ExpressibleByArgument {
    case csv
    case ndjson

    /// The format of a file: by its name, else by its first byte, since every line of NDJSON begins an object.
    init(path: String, _ input: InputFile) throws(Failure) {
        let name = path.lowercased()
        if name.hasSuffix(".csv") {
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
}
