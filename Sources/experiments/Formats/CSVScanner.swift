/// Finds the cells of one CSV record in a byte window, by RFC 4180.
///
/// Written by hand: SwiftCSV, the package there is, loads whole files, and an import must not. Bytes are looked at once;
/// nothing is copied until a cell is asked for.
struct CSVScanner {
    /// A cell's bytes, relative to the record's first.
    struct Cell {
        var start: Int
        var count: Int
        /// Whether quotes inside it are still doubled.
        var hasDoubledQuotes = false
    }

    /// The problem of a record as a whole.
    enum Problem {
        case quoteNotClosed
        case textAfterQuote
        case quoteInText
        case tooLong
    }

    /// The way in which a scan ended.
    enum Ending {
        /// The record is complete and ends before this index of the window.
        case record(end: Int)
        /// The window ends inside the record.
        case needsMore
    }

    /// The character between two cells.
    var separator = UInt8(ascii: ",")
    private(set) var cells: [Cell] = []
    private(set) var problem: Problem?
    /// Line ends of the record, its own last one included.
    private(set) var lines = 0

    /// Scans one record.
    ///
    /// A malformed record ends at its first line end, so that a stray quote costs one line and not the rest of the file.
    /// - Parameters:
    ///   - bytes: The window.
    ///   - start: Where the record begins.
    ///   - end: Where the window ends.
    ///   - isLast: Whether the file ends there too.
    /// - Returns: Where the record ends, if it does.
    mutating func scan(_ bytes: UnsafeMutablePointer<UInt8>, from start: Int, to end: Int, isLast: Bool) -> Ending {
        cells.removeAll(keepingCapacity: true)
        problem = nil
        lines = 0
        var index = start
        while true {
            let isQuoted = index < end && bytes[index] == quote
            let ended =
                isQuoted
                ? scanQuoted(bytes, &index, start, end, isLast) : scanPlain(bytes, &index, start, end, isLast)
            guard ended else {
                guard isLast || end - start > ByteWindow.longestRecord else { return .needsMore }
                problem = isQuoted ? .quoteNotClosed : .tooLong
                return firstLine(bytes, start, end)
            }
            if problem != nil { return malformed(bytes, start, end, isLast) }
            // On a separator, a line end, or the end of the file.
            guard index < end else { return .record(end: end) }
            if bytes[index] == lineFeed {
                lines += 1
                return .record(end: index + 1)
            }
            index += 1
        }
    }

    /// Makes a cell's doubled quotes single, in place.
    /// - Returns: The number of bytes left.
    mutating func unescape(_ index: Int, _ first: UnsafeMutablePointer<UInt8>) -> Int {
        var written = 0
        var position = 0
        while position < cells[index].count {
            first[written] = first[position]
            position += first[position] == quote ? 2 : 1
            written += 1
        }
        cells[index].count = written
        cells[index].hasDoubledQuotes = false
        return written
    }

    /// Scans up to a separator, line end or the end of the file; false when the window ends first.
    private mutating func scanPlain(
        _ bytes: UnsafeMutablePointer<UInt8>, _ index: inout Int, _ start: Int, _ end: Int, _ isLast: Bool
    ) -> Bool {
        let begin = index
        var position = index
        let separator = separator
        while position < end, bytes[position] != separator, bytes[position] != lineFeed {
            if bytes[position] == quote { problem = .quoteInText }
            position += 1
        }
        guard position < end || isLast else { return false }
        let isLineEnd = position == end || bytes[position] == lineFeed
        let trimmed = isLineEnd && position > begin && bytes[position - 1] == carriageReturn ? 1 : 0
        cells.append(Cell(start: begin - start, count: position - begin - trimmed))
        index = position
        return true
    }

    /// Scans a quoted cell and what separates it from the next.
    private mutating func scanQuoted(
        _ bytes: UnsafeMutablePointer<UInt8>, _ index: inout Int, _ start: Int, _ end: Int, _ isLast: Bool
    ) -> Bool {
        let begin = index + 1
        var cell = Cell(start: begin - start, count: 0)
        var position = begin
        while true {
            while position < end, bytes[position] != quote {
                if bytes[position] == lineFeed { lines += 1 }
                position += 1
            }
            guard position < end, position + 1 < end || isLast else { return false }
            guard position + 1 < end, bytes[position + 1] == quote else { break }
            cell.hasDoubledQuotes = true
            position += 2
        }
        cell.count = position - begin
        cells.append(cell)
        position += 1
        if position < end, bytes[position] == carriageReturn {
            guard position + 1 < end || isLast else { return false }
            if position + 1 == end || bytes[position + 1] == lineFeed { position += 1 }
        }
        if position < end, bytes[position] != separator, bytes[position] != lineFeed {
            problem = .textAfterQuote
        }
        index = position
        return true
    }

    private mutating func malformed(
        _ bytes: UnsafeMutablePointer<UInt8>, _ start: Int, _ end: Int, _ isLast: Bool
    ) -> Ending {
        let ending = firstLine(bytes, start, end)
        if lines == 0, !isLast, end - start <= ByteWindow.longestRecord { return .needsMore }
        return ending
    }

    /// Ends the record at its first line end.
    private mutating func firstLine(_ bytes: UnsafeMutablePointer<UInt8>, _ start: Int, _ end: Int) -> Ending {
        var position = start
        while position < end, bytes[position] != lineFeed { position += 1 }
        lines = position < end ? 1 : 0
        return .record(end: position < end ? position + 1 : end)
    }
}

private let quote = UInt8(ascii: "\"")
private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
