import ExperimentDatabase
import ExperimentDefinitions
public import Experimentation

/// Writes out the rows of a file, page by page, beside a running server or without one.
///
/// The rows of a log that were there at the beginning, in the order of their numbers; of a merged file also rows that a merge
/// brings along meanwhile, where the export has not passed their source yet. Each page is a read of its own, so that a long
/// export keeps no server's log from being emptied, and memory does not grow with a log's rows. Nights and results are read
/// as one page: memory grows with their number, which is that of definitions and nights, not of rows recorded.
public final class RowExport {
    /// Rows of a page.
    private static let pageRows = 4_096

    /// The table that is exported.
    public let table: ExportedTable
    private let reader: ExperimentReader
    private let ids: RowIDs
    private let spans: ExposureSpans
    /// The ranges of numbers that are still to be read, their beginnings excluded.
    private var ranges: [ClosedRange<Int64>]
    /// The last number read of each file's block, 0 in a file that records itself.
    private var last: [Int64: Int64]
    private var isDone = false

    /// The place where a later export goes on; nil where there was no row yet, and of what is computed.
    public var cursor: ExportCursor? {
        guard let log = table.log, !last.isEmpty else { return nil }
        return ExportCursor(last.values.map { ids.id(log, $0) })
    }

    init(_ table: ExportedTable, after cursor: ExportCursor?, _ reader: ExperimentReader) throws(ExperimentError) {
        self.table = table
        self.reader = reader
        (ids, spans, ranges, last) = try reader.reading("export") { connection in
            let ids = try RowIDs(connection)
            let start = try RowExportStart(table, after: cursor, ids, connection)
            return (ids, try ExposureSpans(connection), start.ranges, start.last)
        }
    }

    /// Reads the next rows.
    /// - Returns: Rows with a value for each of the table's columns; none at the end.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func nextPage() throws(ExperimentError) -> [[ExportedValue]] {
        guard let log = table.log else {
            guard !isDone else { return [] }
            isDone = true
            return try reader.reading("export") { try self.computed($0) }
        }
        while let range = ranges.first {
            let page = try reader.reading("export") { try self.page(of: log, range, $0) }
            if page.count < Self.pageRows { ranges.removeFirst() }
            if !page.isEmpty { return page }
        }
        return []
    }

    private func page(
        of log: RowID.Log, _ range: ClosedRange<Int64>, _ connection: borrowing Connection
    ) throws -> [[ExportedValue]] {
        var page: [[ExportedValue]] = []
        let rows = try connection.query(table.select, range.lowerBound, range.upperBound, Self.pageRows)
        var number = range.lowerBound
        while try rows.step() {
            number = rows.int64(0)
            var values = [ExportedValue.text(ids.id(log, number).text)]
            for column in 2..<rows.columnCount { values.append(Self.value(rows, column)) }
            decide(&values, RowNumber<VariantRow>(rows.int64(1)))
            page.append(values)
        }
        if !page.isEmpty {
            last[ids.sources.isEmpty ? 0 : number >> RowIDs.blockShift] = number
            ranges[0] = number...range.upperBound
        }
        return page
    }

    /// Fills in what the record does not say, and gives values and attributes their types.
    private func decide(_ values: inout [ExportedValue], _ variant: RowNumber<VariantRow>) {
        switch table {
        case .exposures:
            guard case .integer(let time) = values[7] else { return }
            let span = spans.span(of: variant, at: time)
            if values[2] == .null, let span { values[2] = .integer(Int64(span.phase)) }
            var code = span?.enrollment
            if case .integer(let said) = values[6] { code = said }
            values[6] = code.flatMap { Enrollment(code: $0) }.map { .text($0.rawValue) } ?? .null
            values[8] = Self.json(values[8])
        case .outcomes:
            if values[3] == .text(OutcomeValue.Kind.bool.rawValue) { values[4] = .bool(values[4] == .integer(1)) }
            values[8] = Self.json(values[8])
        case .links, .nights, .results: break
        }
    }

    private func computed(_ connection: borrowing Connection) throws -> [[ExportedValue]] {
        var page: [[ExportedValue]] = []
        let rows = try connection.prepare(table.select)
        while try rows.step() { page.append((0..<rows.columnCount).map { Self.value(rows, $0) }) }
        return page
    }

    private static func json(_ value: ExportedValue) -> ExportedValue {
        if case .text(let text) = value { .json(text) } else { value }
    }

    private static func value(_ rows: borrowing Statement, _ column: Int32) -> ExportedValue {
        switch rows.storedType(column) {
        case .null: .null
        case .integer: .integer(rows.int64(column))
        case .real: .real(rows.double(column))
        case .text: .text(rows.text(column))
        }
    }
}

/// The beginning and the end of an export.
private struct RowExportStart {
    var ranges: [ClosedRange<Int64>] = []
    var last: [Int64: Int64] = [:]

    init(
        _ table: ExportedTable, after cursor: ExportCursor?, _ ids: RowIDs, _ connection: borrowing Connection
    ) throws {
        guard let log = table.log else { return }
        let key = "\(log.rawValue)_id"
        let end =
            try connection.value(
                """
                SELECT max(coalesce((SELECT max(\(key)) FROM \(log.rawValue)_log), 0),
                    coalesce((SELECT max(last_\(log.rawValue)) FROM removal), 0))
                """
            ) { $0.int64(0) } ?? 0
        var starts: [Int64: Int64] = [:]
        for row in cursor?.rows ?? [] {
            guard row.log == log, let number = ids.number(of: row) else {
                throw ExperimentError.invalid("after", "must be the cursor of an export of the same rows of this file")
            }
            guard number <= end, ids.id(log, number) == row else {
                throw ExperimentError.invalid(
                    "after",
                    "is of rows that this file has lost, as one that was put back from a backup has: export anew")
            }
            starts[ids.sources.isEmpty ? 0 : number >> RowIDs.blockShift] = number
        }
        last = starts
        if ids.sources.isEmpty {
            ranges = [(starts[0] ?? 0)...max(end, starts[0] ?? 0)]
        } else {
            for block in ids.sources.keys.sorted() {
                let first = block << RowIDs.blockShift
                ranges.append((starts[block] ?? first)...(first + (1 << RowIDs.blockShift - 1)))
            }
        }
    }
}
