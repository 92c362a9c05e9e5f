import Experimentation

/// The records of a CSV by RFC 4180, cell by cell, after a header; memory does not grow with the file.
final class CSVRecords {
    private let window: ByteWindow
    private let nulls: NullTexts
    /// Every cell of a file is looked up here, and only by this class, one method at a time: to check each time that no two
    /// accesses overlap was one in twenty of an import's instructions.
    @exclusivity(unchecked) private var scanner = CSVScanner()
    /// Where the present record begins in the window.
    private var base = 0
    private var isAtEnd = false
    private var nextLine = 1
    /// The line on which the present record begins, from 1.
    private(set) var line = 0
    /// The names of the columns.
    private(set) var header: [String] = []

    /// The character between two cells: the comma, or where the header has none, the tab, the semicolon or the bar that it has.
    var separator: UInt8 { scanner.separator }

    /// Reads the header.
    init(_ input: InputFile, nulls: NullTexts = NullTexts()) throws(Failure) {
        window = try ByteWindow(input)
        self.nulls = nulls
        try window.skipByteOrderMark()
        scanner.separator = try Self.separator(window)
        guard try advance() else { throw Failure(.input, "the input is empty: a CSV begins with a header") }
        for cell in scanner.cells.indices {
            guard let name = String(validating: bytes(cell), as: UTF8.self) else {
                throw Failure(.input, "line \(line): the header is not UTF-8 text")
            }
            header.append(name)
        }
        switch scanner.problem {
        case nil: break
        case .tooLong: throw Failure(.input, "line \(line): the header must be at most 1 MiB")
        default: throw Failure(.input, "line \(line): the header's quotes are wrong")
        }
    }

    /// Looks at the first line, outside of quotes.
    private static func separator(_ window: ByteWindow) throws(Failure) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        var index = window.start
        while true {
            while index == window.end, window.end - window.start < 1 << 16 {
                let read = index - window.start
                if try !window.extend() { return choice(counts) }
                index = window.start + read
            }
            guard index < window.end else { return choice(counts) }
            let byte = window.bytes[index]
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted {
                // Blank lines before the header are none.
                if byte == UInt8(ascii: "\n"), index > window.start, !counts.isEmpty { return choice(counts) }
                counts[byte, default: 0] += 1
            }
            index += 1
        }
    }

    private static func choice(_ counts: [UInt8: Int]) -> UInt8 {
        let comma = UInt8(ascii: ",")
        if counts[comma] != nil { return comma }
        return [UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: "|")].first { counts[$0] != nil } ?? comma
    }

    /// Advances to the next record, which may be malformed; blank lines are none.
    func advance() throws(Failure) -> Bool {
        while true {
            line = nextLine
            guard try scan() else { return false }
            nextLine += scanner.lines
            // The rest of a line that is too long is no record.
            if scanner.problem != nil, scanner.lines == 0, try window.skipLine() { nextLine += 1 }
            let isBlank = scanner.cells.count == 1 && scanner.cells[0].count == 0
            if !isBlank || scanner.problem != nil { return true }
        }
    }

    /// What makes the record as a whole unreadable.
    func checkForm() throws(ExperimentError) {
        switch scanner.problem {
        case .quoteNotClosed: throw .invalid("line", "has a quote that is not closed")
        case .textAfterQuote:
            throw .invalid(
                "line", "has text after a closing quote; a quote inside a cell is doubled, and not behind a backslash")
        case .quoteInText: throw .invalid("line", "has a quote inside a cell that is not quoted")
        case .tooLong: throw .invalid("line", "must be at most 1 MiB")
        case nil: break
        }
        guard scanner.cells.count == header.count else {
            throw .invalid("line", "has \(scanner.cells.count) cells where the header has \(header.count)")
        }
    }

    /// The text of a cell; nil when it is empty or says that there is no value.
    func text(_ index: Int, field: String) throws(ExperimentError) -> String? {
        let bytes = bytes(index)
        guard !nulls.contains(bytes) else { return nil }
        // Nearly all cells, and many times as fast as the check of the rest.
        if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
        // Repairing it would be another id than the one that was sent.
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalid(field, "must be UTF-8 text") }
        return text
    }

    /// The bytes of a cell; nil when it says that there is no value.
    func value(_ index: Int) -> UnsafeBufferPointer<UInt8>? {
        let bytes = bytes(index)
        return nulls.contains(bytes) ? nil : bytes
    }

    /// The bytes of a cell, its doubled quotes made single in place.
    private func bytes(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        let cell = scanner.cells[index]
        let first = window.bytes + base + cell.start
        guard cell.hasDoubledQuotes else { return UnsafeBufferPointer(start: first, count: cell.count) }
        let count = scanner.unescape(index, first)
        return UnsafeBufferPointer(start: first, count: count)
    }

    /// Scans the next record, and extends the window until it is whole.
    private func scan() throws(Failure) -> Bool {
        while true {
            guard window.start < window.end || !isAtEnd else { return false }
            if window.start < window.end {
                let ending = scanner.scan(window.bytes, from: window.start, to: window.end, isLast: isAtEnd)
                if case .record(let end) = ending {
                    base = window.start
                    window.consume(upTo: end)
                    return true
                }
            }
            if try !window.extend() { isAtEnd = true }
        }
    }
}
