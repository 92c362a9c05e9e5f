/// A moving window over a file: the bytes from the present record's first to the last one read.
///
/// Memory does not grow with the file, only with the longest record.
final class ByteWindow {
    /// The length in bytes beyond which nothing is believed to be one record.
    static let longestRecord = 1 << 20
    private static let chunk = 1 << 18

    private let input: InputFile
    private var capacity = 2 * ByteWindow.chunk
    /// The bytes; indices stay valid until ``extend()``.
    private(set) var bytes: UnsafeMutablePointer<UInt8>
    /// The index at which the bytes not yet consumed begin.
    private(set) var start = 0
    /// The index at which the bytes read so far end.
    private(set) var end = 0

    /// Begins at the beginning of a file.
    init(_ input: InputFile) throws(Failure) {
        try input.rewind()
        self.input = input
        bytes = .allocate(capacity: capacity)
    }

    deinit { bytes.deallocate() }

    /// Reads more of the file behind ``end``; moves the bytes from ``start`` on to the front.
    /// - Returns: Whether there was more.
    func extend() throws(Failure) -> Bool {
        let count = end - start
        if start > 0 {
            bytes.update(from: bytes + start, count: count)
            start = 0
            end = count
        }
        if capacity - end < Self.chunk {
            capacity *= 2
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
            larger.update(from: bytes, count: count)
            bytes.deallocate()
            bytes = larger
        }
        let read = try input.read(into: UnsafeMutableRawBufferPointer(start: bytes + end, count: Self.chunk))
        end += read
        return read > 0
    }

    /// Forgets the bytes before an index.
    func consume(upTo index: Int) {
        start = index
    }

    /// Consumes the rest of a line that is too long to be a record, with its end.
    /// - Returns: Whether there is an end; else the file ended.
    func skipLine() throws(Failure) -> Bool {
        while true {
            var index = start
            while index < end, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            consume(upTo: min(index + 1, end))
            if index < end { return true }
            if try !extend() { return false }
        }
    }

    /// Consumes the mark that some programs put before UTF-8.
    func skipByteOrderMark() throws(Failure) {
        while end - start < 3 {
            if try !extend() { return }
        }
        if bytes[start] == 0xef, bytes[start + 1] == 0xbb, bytes[start + 2] == 0xbf { consume(upTo: start + 3) }
    }
}
