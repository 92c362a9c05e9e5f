import Experimentation
import FoundationEssentials

/// Reads records from CSV by RFC 4180, with a header; memory does not grow with the file.
final class CSVReader: RecordReader {
    private let window: ByteWindow
    private let decoder = JSONDecoder()
    private var scanner = CSVScanner()
    private var header: CSVHeader?
    /// Where the present record begins in the window.
    private var base = 0
    private var isAtEnd = false
    private var nextLine = 1
    private(set) var line = 0

    var position: Int64 { window.consumed }

    /// Reads the header.
    init(_ input: InputFile, _ log: RecordLog) throws(Failure) {
        window = try ByteWindow(input)
        try window.skipByteOrderMark()
        guard try advance() else { throw Failure(.input, "the input is empty: a CSV begins with a header") }
        var names: [String] = []
        for cell in scanner.cells.indices {
            guard let name = String(validating: bytes(cell), as: UTF8.self) else {
                throw Failure(.input, "line \(line): the header is not UTF-8 text")
            }
            names.append(name)
        }
        guard scanner.problem == nil else { throw Failure(.input, "line \(line): the header's quotes are wrong") }
        header = try CSVHeader(names, for: log)
    }

    func advance() throws(Failure) -> Bool {
        while true {
            line = nextLine
            guard try scan() else { return false }
            nextLine += scanner.lines
            let isBlank = scanner.cells.count == 1 && scanner.cells[0].count == 0
            if !isBlank || scanner.problem != nil { return true }
        }
    }

    func checkForm() throws(ExperimentError) {
        switch scanner.problem {
        case .quoteNotClosed: throw .invalid("line", "has a quote that is not closed")
        case .textAfterQuote: throw .invalid("line", "has text after a closing quote")
        case .quoteInText: throw .invalid("line", "has a quote inside a cell that is not quoted")
        case .tooLong: throw .invalid("line", "must be at most 1 MiB")
        case nil: break
        }
        guard scanner.cells.count == header?.count else {
            let expected = header?.count ?? 0
            throw .invalid("line", "has \(scanner.cells.count) cells where the header has \(expected)")
        }
    }

    func text(_ column: Column) throws(ExperimentError) -> String? {
        guard let bytes = cell(column) else { return nil }
        // Repairing it would store another id than the one that was sent.
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalid(column.rawValue, "must be UTF-8 text")
        }
        return text
    }

    func integer(_ column: Column) throws(ExperimentError) -> Int64? {
        guard let bytes = cell(column) else { return nil }
        guard let integer = CellValue.integer(bytes) else {
            throw .invalid(column.rawValue, "must be a 64-bit integer")
        }
        return integer
    }

    func timestamp() throws(ExperimentError) -> Int64? {
        guard let bytes = cell(.timestamp) else { return nil }
        return try Timestamp.microseconds(bytes)
    }

    func value(_ kind: MetricKind) throws(ExperimentError) -> OutcomeValue? {
        guard let bytes = cell(.value) else { return nil }
        return try CellValue.outcome(bytes, kind)
    }

    func attributes() throws(ExperimentError) -> [String: String] {
        guard let bytes = cell(.attributes) else { return [:] }
        return try AttributeText.attributes(Data(bytes), decoder)
    }

    /// The bytes of a column; nil when the cell is empty or the column is not there.
    private func cell(_ column: Column) -> UnsafeBufferPointer<UInt8>? {
        guard let position = header?.position(column) else { return nil }
        let bytes = bytes(position)
        return bytes.isEmpty ? nil : bytes
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
