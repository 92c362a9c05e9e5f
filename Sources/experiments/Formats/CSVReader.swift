import Experimentation

/// Reads records from CSV by RFC 4180, with a header; memory does not grow with the file.
final class CSVReader: RecordReader {
    private let records: CSVRecords
    private let header: CSVHeader
    private let shape: InputShape
    private let unit: TimeUnit?

    var line: Int { records.line }

    /// Reads the header.
    init(_ input: InputFile, _ shape: InputShape) throws(Failure) {
        records = try CSVRecords(input, nulls: shape.nulls)
        header = try CSVHeader(records.header, for: shape)
        self.shape = shape
        unit = shape.unit ?? header.unit
    }

    func advance() throws(Failure) -> Bool { try records.advance() }

    func checkForm() throws(ExperimentError) { try records.checkForm() }

    func text(_ column: Column) throws(ExperimentError) -> String? {
        if let constant = shape.constants[column] { return constant }
        if column == .id, !header.idParts.isEmpty { return try id() }
        guard let position = header.position(column) else { return nil }
        return try records.text(position, field: column.rawValue)
    }

    func time() throws(ExperimentError) -> Int64? {
        try InputTime.microseconds(
            cell(.timestamp), unit, cell(.timestampMicroseconds), shape.zone, shape.constants[.timestamp])
    }

    func value(_ kind: OutcomeValue.Kind) throws(ExperimentError) -> OutcomeValue? {
        if let constant = shape.constants[.value] { return try CellValue.outcome(constant, kind) }
        guard let bytes = cell(.value) else { return nil }
        return try CellValue.outcome(bytes, kind, hasDecimalComma: records.separator == UInt8(ascii: ";"))
    }

    func attributes() throws(ExperimentError) -> [String: String] {
        var texts: [String: String] = [:]
        if let bytes = cell(.attributes) { texts = try AttributeText.attributes(bytes) }
        for (name, position) in header.attributes {
            texts[name] = try records.text(position, field: name)
        }
        return texts
    }

    private func id() throws(ExperimentError) -> String {
        var parts: [String] = []
        for position in header.idParts {
            let name = records.header[position]
            guard let text = try records.text(position, field: name) else {
                throw .invalid(name, "must not be empty, since ids are made of it")
            }
            parts.append(text)
        }
        return InputShape.id(parts)
    }

    /// The bytes of a column; nil when the cell has no value or the column is not there.
    private func cell(_ column: Column) -> UnsafeBufferPointer<UInt8>? {
        guard let position = header.position(column) else { return nil }
        return records.value(position)
    }
}
