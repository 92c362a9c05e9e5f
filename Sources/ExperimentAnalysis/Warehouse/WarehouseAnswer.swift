import Experimentation

/// The answer of an engine: the rows of its statements, each with what it is in its first column.
struct WarehouseAnswer {
    typealias Kind = WarehouseQuery.Row

    /// Row of the answer.
    struct Row {
        private let cells: [String?]

        fileprivate init(_ cells: [String?]) { self.cells = cells }

        func text(_ column: Int) throws -> String {
            guard let text = optionalText(column) else { throw WarehouseAnswer.garbled }
            return text
        }

        func optionalText(_ column: Int) -> String? { column < cells.count ? cells[column] : nil }

        func int(_ column: Int) throws -> Int { Int(try int64(column)) }

        func int64(_ column: Int) throws -> Int64 {
            guard let number = try optionalInt64(column) else { throw WarehouseAnswer.garbled }
            return number
        }

        func optionalInt64(_ column: Int) throws -> Int64? {
            guard let text = optionalText(column) else { return nil }
            guard let number = Int64(text) else { throw WarehouseAnswer.garbled }
            return number
        }

        func optionalDouble(_ column: Int) throws -> Double? {
            guard let text = optionalText(column) else { return nil }
            guard let number = Double(text) else { throw WarehouseAnswer.garbled }
            return number
        }
    }

    private static let garbled = ExperimentError.invalid(
        "client", "must answer the statements in CSV without a header: a row of the answer cannot be read")

    private let rows: [Kind: [Row]]

    /// Reads an answer in CSV (RFC 4180), and checks that it is one to a query, and whole.
    init(_ bytes: some Sequence<UInt8>, to query: WarehouseQuery) throws {
        var rows: [Kind: [Row]] = [:]
        var isFirst = true
        var lastKind: Kind?
        var reader = CommaSeparatedReader(nothing: query.dialect.nothing)
        func take(_ cells: [String?]) throws {
            guard let first = cells.first, let name = first, let kind = Kind(rawValue: name) else {
                throw Self.garbled
            }
            if isFirst || kind == .end {
                guard isFirst == (kind == .begin), cells.count == 2 else { throw Self.garbled }
                guard cells[1] == query.digest else {
                    throw ExperimentError.invalid(
                        "client", "must answer these definitions and options: the answer is that to others")
                }
            }
            isFirst = false
            lastKind = kind
            rows[kind, default: []].append(Row(cells))
        }
        for byte in bytes { if let cells = reader.take(byte) { try take(cells) } }
        if let cells = reader.finish() { try take(cells) }
        guard lastKind == .end else {
            throw ExperimentError.invalid("client", "must answer every statement: the answer ends before its last row")
        }
        self.rows = rows
    }

    /// The rows of a kind, in the order of the answer.
    subscript(kind: Kind) -> [Row] { rows[kind] ?? [] }

    /// The only row of a kind.
    func only(_ kind: Kind) throws -> Row {
        guard let row = rows[kind]?.first, rows[kind]?.count == 1 else { throw Self.garbled }
        return row
    }
}

/// Takes the cells of records out of CSV, byte for byte.
///
/// A cell without quotation marks is nothing where it is empty, or what the engine writes for nothing.
struct CommaSeparatedReader {
    /// The text that the engine writes for nothing.
    let nothing: String
    private var cells: [String?] = []
    private var cell: [UInt8] = []
    private var isQuoted = false
    private var wasQuoted = false
    private var isAfterQuote = false

    init(nothing: String) { self.nothing = nothing }

    /// Takes a byte; returns a record where it ends one.
    mutating func take(_ byte: UInt8) -> [String?]? {
        if isAfterQuote {
            isAfterQuote = false
            if byte == UInt8(ascii: "\"") {
                cell.append(byte)
                return nil
            }
            isQuoted = false
        }
        switch byte {
        case UInt8(ascii: "\"") where isQuoted: isAfterQuote = true
        case UInt8(ascii: "\"") where cell.isEmpty && !wasQuoted: (isQuoted, wasQuoted) = (true, true)
        case UInt8(ascii: ",") where !isQuoted: endCell()
        case UInt8(ascii: "\r") where !isQuoted: break
        case UInt8(ascii: "\n") where !isQuoted: return endRecord()
        default: cell.append(byte)
        }
        return nil
    }

    /// The record at the end of a text without a last line end.
    mutating func finish() -> [String?]? { endRecord() }

    private mutating func endCell() {
        let text = String(decoding: cell, as: UTF8.self)
        cells.append(!wasQuoted && (text.isEmpty || text == nothing) ? nil : text)
        cell.removeAll(keepingCapacity: true)
        (isQuoted, wasQuoted, isAfterQuote) = (false, false, false)
    }

    private mutating func endRecord() -> [String?]? {
        guard !cells.isEmpty || !cell.isEmpty || wasQuoted else { return nil }
        endCell()
        defer { cells = [] }
        return cells
    }
}
