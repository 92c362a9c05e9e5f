import ExperimentJSON
import Experimentation

/// Reads the records of a vendor's log: JSON (lines, a list, or batches as SDKs send them) or CSV.
///
/// Memory does not grow with the file, nor with a batch, only with the largest event.
final class VendorLogReader: RecordReader {
    /// An object longer than this is not believed to be one event; Optimizely takes at most 3.5 MB of a visitor.
    private static let longestEvent = 4 << 20

    private let events: VendorEvents
    private let log: RecordLog
    /// The rows of a CSV; nil for JSON.
    private let rows: CSVRecords?
    /// Names of the file's columns; none of JSON.
    private let names: [String]
    private let objects: JSONObjects
    private var pending: ArraySlice<VendorRecord> = []
    private var present: VendorRecord = .skipped("")
    /// Why events are no records of this log, and how many.
    private(set) var skipped: [String: Int] = [:]

    private(set) var line = 0

    init(_ input: InputFile, _ log: RecordLog, _ events: VendorEvents) throws(Failure) {
        self.events = events
        self.log = log
        let window = try ByteWindow(input)
        try window.skipByteOrderMark()
        if window.start == window.end { _ = try window.extend() }
        let bytes = UnsafeBufferPointer(start: window.bytes + window.start, count: window.end - window.start)
        let first = bytes.first { !" \n\r\t".utf8.contains($0) }
        let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        objects = JSONObjects(window, lists: events.lists, longest: Self.longestEvent)
        rows = isJSON ? nil : try CSVRecords(input)
        names = (rows?.header ?? []).map(Column.withoutCapitals)
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
            guard let found = try next() else { return false }
            pending = found[...]
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

    private func next() throws(Failure) -> [VendorRecord]? {
        if let rows { try nextRow(rows) } else { try nextObject() }
    }

    /// The records of the next row; nil at the end.
    private func nextRow(_ rows: CSVRecords) throws(Failure) -> [VendorRecord]? {
        guard try rows.advance() else { return nil }
        line = rows.line
        do throws(ExperimentError) {
            try rows.checkForm()
            var fields: [String: LoggedValue] = [:]
            for (index, name) in names.enumerated() {
                guard let text = try rows.text(index, field: name) else { continue }
                fields[name] = .text(text)
            }
            return events.records(.object(fields))
        } catch {
            return [.broken(error)]
        }
    }

    /// The records of the next JSON object; nil at the end.
    private func nextObject() throws(Failure) -> [VendorRecord]? {
        guard let element = try objects.next() else { return nil }
        line = objects.line
        switch element {
        case .broken(let rule): return [.broken(.invalid("line", rule))]
        case .object(let bytes, let list):
            guard String(validating: bytes, as: UTF8.self) != nil, let node = try? JSONParser.parse(bytes) else {
                return [.broken(.invalid("line", "must be a JSON object"))]
            }
            return events.records(LoggedValue(node, bytes), in: list)
        }
    }
}
