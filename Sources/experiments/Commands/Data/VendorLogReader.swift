import ExperimentJSON
import Experimentation

/// Reads the records of a vendor's log: JSON (lines, a list, or batches as SDKs send them) or CSV.
///
/// Memory does not grow with the file, only with the largest batch.
final class VendorLogReader: RecordReader {
    /// What is longer than this is not believed to be one batch.
    private static let longestBatch = 32 << 20

    private let events: VendorEvents
    private let log: RecordLog
    /// The rows of a CSV; nil for JSON.
    private let rows: CSVRecords?
    private let window: ByteWindow
    private var pending: ArraySlice<VendorRecord> = []
    private var present: VendorRecord = .skipped("")
    private var lines = 1
    private var isAtEnd = false
    /// Why events are no records of this log, and how many.
    private(set) var skipped: [String: Int] = [:]

    private(set) var line = 0

    init(_ input: InputFile, _ log: RecordLog, _ events: VendorEvents) throws(Failure) {
        self.events = events
        self.log = log
        window = try ByteWindow(input)
        try window.skipByteOrderMark()
        if window.start == window.end { _ = try window.extend() }
        let bytes = UnsafeBufferPointer(start: window.bytes + window.start, count: window.end - window.start)
        let first = bytes.first { !" \n\r\t".utf8.contains($0) }
        rows = first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? nil : try CSVRecords(input)
    }

    func advance() throws(Failure) -> Bool {
        while true {
            while let record = pending.popFirst() {
                switch record {
                case .exposure where log == .outcomes, .outcome where log == .exposures: continue
                case .skipped(let reason):
                    if skipped.count < 100 || skipped[reason] != nil { skipped[reason, default: 0] += 1 }
                default:
                    present = record
                    return true
                }
            }
            guard let event = try next() else { return false }
            // One that cannot be read is pending already.
            pending += events.records(event)
        }
    }

    func checkForm() throws(ExperimentError) {
        if case .broken(let error) = present { throw error }
    }

    func exposure() throws(ExperimentError) -> ExposureRecord {
        try checkForm()
        guard case .exposure(let record) = present else { throw .invalid("line", "must be an exposure") }
        return record
    }

    func outcome() throws(ExperimentError) -> OutcomeRecord {
        try checkForm()
        guard case .outcome(let record) = present else { throw .invalid("line", "must be an outcome") }
        return record
    }

    func text(_ column: Column) throws(ExperimentError) -> String? {
        switch (present, column) {
        case (.exposure(let record), .experiment): record.experiment.text
        case (.exposure(let record), .variantID): record.variantID.text
        case (.exposure(let record), .userID): record.userID?.text
        case (.outcome(let record), .metric): record.metric.text
        case (.outcome(let record), .userID): record.userID?.text
        default: nil
        }
    }

    func time() throws(ExperimentError) -> Int64? { nil }
    func value(_ kind: OutcomeValue.Kind) throws(ExperimentError) -> OutcomeValue? { nil }
    func attributes() throws(ExperimentError) -> [String: String] { [:] }

    /// The next row or JSON value.
    private func next() throws(Failure) -> LoggedValue? {
        guard let rows else { return try nextValue() }
        guard try rows.advance() else { return nil }
        line = rows.line
        do throws(ExperimentError) {
            try rows.checkForm()
            var fields: [String: LoggedValue] = [:]
            for (index, name) in rows.header.enumerated() {
                guard let text = try rows.text(index, field: name) else { continue }
                fields[name] = .text(text)
            }
            return .object(fields)
        } catch {
            pending = [.broken(error)]
            return .list([])
        }
    }

    /// The next object; the brackets and commas of a list around objects are passed over.
    private func nextValue() throws(Failure) -> LoggedValue? {
        while try fill() {
            let byte = window.bytes[window.start]
            guard byte != UInt8(ascii: "{") else { break }
            guard " \n\r\t,[]".utf8.contains(byte) else {
                throw Failure(.input, "line \(lines): is no JSON object; a vendor's log is JSON, or CSV with a header")
            }
            if byte == UInt8(ascii: "\n") { lines += 1 }
            window.consume(upTo: window.start + 1)
        }
        guard window.start < window.end else { return nil }
        line = lines
        let end = try objectEnd()
        let bytes = UnsafeBufferPointer(start: window.bytes + window.start, count: end - window.start)
        lines += bytes.count { $0 == UInt8(ascii: "\n") }
        defer { window.consume(upTo: end) }
        guard String(validating: bytes, as: UTF8.self) != nil, let node = try? JSONParser.parse(bytes) else {
            pending = [.broken(.invalid("line", "must be a JSON object"))]
            return .list([])
        }
        return LoggedValue(node, bytes)
    }

    private func fill() throws(Failure) -> Bool {
        if window.start < window.end { return true }
        if isAtEnd { return false }
        if try !window.extend() { isAtEnd = true }
        return window.start < window.end
    }

    /// Where the object that begins at the window's start ends.
    private func objectEnd() throws(Failure) -> Int {
        var depth = 0
        var isText = false
        var isEscaped = false
        var length = 0
        while true {
            while window.start + length < window.end {
                let byte = window.bytes[window.start + length]
                length += 1
                if isText {
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        isText = false
                    }
                } else if byte == UInt8(ascii: "\"") {
                    isText = true
                } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                    depth += 1
                } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                    depth -= 1
                    if depth == 0 { return window.start + length }
                }
            }
            guard length <= Self.longestBatch else {
                throw Failure(
                    .input,
                    "line \(lines): a batch is longer than 32 MiB; jq -c '.batch[]', or what its list is called, makes lines of it"
                )
            }
            if try !window.extend() { return window.end }
        }
    }
}
