import Experimentation

/// Reads records from CSV by RFC 4180, with a header; memory does not grow with the file.
final class CSVReader: RecordReader {
    private let records: CSVRecords
    private let header: CSVHeader

    var line: Int { records.line }
    var position: Int64 { records.position }

    /// Reads the header.
    init(_ input: InputFile, _ log: RecordLog) throws(Failure) {
        records = try CSVRecords(input)
        header = try CSVHeader(records.header, for: log)
    }

    func advance() throws(Failure) -> Bool { try records.advance() }

    func checkForm() throws(ExperimentError) { try records.checkForm() }

    func text(_ column: Column) throws(ExperimentError) -> String? {
        guard let position = header.position(column) else { return nil }
        return try records.text(position, field: column.rawValue)
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

    func value(_ kind: OutcomeValue.Kind) throws(ExperimentError) -> OutcomeValue? {
        guard let bytes = cell(.value) else { return nil }
        return try CellValue.outcome(bytes, kind)
    }

    func attributes() throws(ExperimentError) -> [String: String] {
        guard let bytes = cell(.attributes) else { return [:] }
        return try AttributeText.attributes(bytes)
    }

    /// The bytes of a column; nil when the cell is empty or the column is not there.
    private func cell(_ column: Column) -> UnsafeBufferPointer<UInt8>? {
        guard let position = header.position(column) else { return nil }
        let bytes = records.bytes(position)
        return bytes.isEmpty ? nil : bytes
    }
}
