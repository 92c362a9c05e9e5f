import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads records from lines of JSON, one object a line; memory does not grow with the file.
final class NDJSONReader: RecordReader {
    private let window: ByteWindow
    private let decoder = JSONDecoder()
    private let log: RecordLog
    /// The present line; not decoded before something of it is asked for, so that passing over lines is cheap.
    private var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private var fields: NDJSONFields?
    private var attributeTexts: [String: String] = [:]
    private var isAtEnd = false
    private(set) var line = 0

    var position: Int64 { window.consumed }

    init(_ input: InputFile, _ log: RecordLog) throws(Failure) {
        window = try ByteWindow(input)
        self.log = log
        try window.skipByteOrderMark()
    }

    func advance() throws(Failure) -> Bool {
        while let end = try lineEnd() {
            line += 1
            bytes = UnsafeBufferPointer(start: window.bytes + window.start, count: end - window.start)
            window.consume(upTo: min(end + 1, window.end))
            fields = nil
            if !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0d || $0 == 0x09 }) { return true }
        }
        return false
    }

    func checkForm() throws(ExperimentError) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .invalid("line", "must be UTF-8 text") }
        let fields: NDJSONFields
        do {
            fields = try decoder.decode(NDJSONFields.self, from: Data(bytes))
        } catch let error as ExperimentError {
            throw error
        } catch {
            throw .invalid("line", "must be a JSON object")
        }
        for column in fields.columns where !log.columns.contains(column) {
            throw .invalid("line", "has a key '\(column.rawValue)', which \(log.rawValue) do not have")
        }
        attributeTexts = [:]
        if fields.hasAttributes {
            attributeTexts = try AttributeText.attributes(
                ofLine: bytes, in: JSONNode.FieldName(Column.attributes.rawValue))
        }
        self.fields = fields
    }

    func text(_ column: Column) throws(ExperimentError) -> String? { fields?.texts[column] }

    func integer(_ column: Column) throws(ExperimentError) -> Int64? { fields?.timestampMicroseconds }

    func timestamp() throws(ExperimentError) -> Int64? {
        guard let text = fields?.texts[.timestamp] else { return nil }
        return try Timestamp.microseconds(text)
    }

    func value(_ kind: OutcomeValue.Kind) throws(ExperimentError) -> OutcomeValue? { fields?.value }

    func attributes() throws(ExperimentError) -> [String: String] { attributeTexts }

    /// Where the line that begins at the window's start ends; nil at the end of the file.
    private func lineEnd() throws(Failure) -> Int? {
        var length = 0
        while true {
            var index = window.start + length
            while index < window.end, window.bytes[index] != 0x0a { index += 1 }
            if index < window.end { return index }
            length = index - window.start
            if isAtEnd { return length == 0 ? nil : index }
            guard length <= ByteWindow.longestRecord else {
                throw Failure(.input, "line \(line + 1): is longer than 1 MiB; is this NDJSON, one object a line?")
            }
            if try !window.extend() { isAtEnd = true }
        }
    }
}
