import Experimentation

/// The objects of a JSON text one after the other, while it is read: lines, the elements of lists, and those of the lists in
/// batches.
///
/// Memory does not grow with the file, nor with a list or a batch, only with the longest object that is none. A batch is an
/// object that has a list of objects in a field of a given name; what else it has is passed over.
final class JSONObjects {
    /// The next object.
    enum Element {
        /// An object: its bytes, valid until the next call, and the name of the batch's list that it is in.
        case object(UnsafeBufferPointer<UInt8>, list: String?)
        /// Something else, and what it must be.
        case broken(String)
    }

    private enum Place {
        /// Inside of a list; of a batch it has a name.
        case list(String?)
        /// Inside of an object of which the rest is passed over.
        case rest(JSONObjectScanner)
    }

    private let window: ByteWindow
    private let lists: [String]
    private let longest: Int
    private var places: [Place] = []
    private var isAtEnd = false
    private var lines = 1
    /// The line on which the present object begins, from 1.
    private(set) var line = 0

    /// Begins where a window stands.
    /// - Parameters:
    ///   - window: The text.
    ///   - lists: How batches call their lists.
    ///   - longest: What is longer, in bytes, is not believed to be one object; a power of two.
    init(_ window: ByteWindow, lists: [String] = [], longest: Int) {
        self.window = window
        self.lists = lists
        self.longest = longest
    }

    /// The next object, or nil at the end.
    /// - Throws: A failure where the text is no list or sequence of objects at all.
    func next() throws(Failure) -> Element? {
        while true {
            if case .rest(let scanner) = places.last {
                places.removeLast()
                guard let element = try scan(scanner, keeping: false) else { continue }
                return element
            }
            guard let byte = try peek() else { break }
            line = lines
            switch byte {
            case UInt8(ascii: "{"):
                guard let element = try scan(JSONObjectScanner(lists: lists), keeping: true) else { continue }
                return element
            case UInt8(ascii: "["):
                take(1)
                places.append(.list(nil))
            case UInt8(ascii: "]") where !places.isEmpty:
                take(1)
                places.removeLast()
            case UInt8(ascii: ","): take(1)
            default:
                guard !places.isEmpty else {
                    throw Failure(.input, "line \(lines): is no JSON object; a log is JSON, or CSV with a header")
                }
                try skipScalar()
                return .broken("must be a JSON object")
            }
        }
        guard !places.isEmpty else { return nil }
        places = []
        return .broken("must not be the last of a list that does not end: is the file whole?")
    }

    /// Goes to the end of an object, or into a list of a batch.
    ///
    /// An object that may be an element is kept, since its bytes are needed. There is no element where the way goes on inside
    /// of a list, or where what was passed over is over.
    private func scan(_ scanner: JSONObjectScanner, keeping isKept: Bool) throws(Failure) -> Element? {
        var scanner = scanner
        var list: String?
        if case .list(let name) = places.last { list = name }
        while true {
            let bytes = UnsafeBufferPointer(start: window.bytes + window.start, count: window.end - window.start)
            switch scanner.scan(bytes) {
            case .object(let end):
                let object = UnsafeBufferPointer(rebasing: bytes[..<end])
                take(end)
                guard isKept else { return nil }
                return .object(object, list: list)
            case .list(let name, let end):
                take(end)
                scanner.index = 0
                places += [.rest(scanner), .list(name)]
                return nil
            case .needsMore: break
            }
            if !isKept || bytes.count > longest {
                take(bytes.count)
                scanner.index = 0
            }
            if isKept, bytes.count > longest {
                places.append(.rest(scanner))
                return .broken("must be at most \(longest >> 20) MiB, and one JSON object")
            }
            if try !extend() {
                take(window.end - window.start)
                places = []
                return .broken("must be a JSON object, and not the beginning of one: is the file whole?")
            }
        }
    }

    /// The next byte that is no space; nil at the end.
    private func peek() throws(Failure) -> UInt8? {
        while true {
            while window.start < window.end {
                let byte = window.bytes[window.start]
                guard byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d else { return byte }
                take(1)
            }
            guard try extend() else { return nil }
        }
    }

    private func extend() throws(Failure) -> Bool {
        guard !isAtEnd else { return false }
        if try !window.extend() { isAtEnd = true }
        return !isAtEnd
    }

    /// Passes over a number, a word or a text in a list.
    private func skipScalar() throws(Failure) {
        var isText = false
        var isEscaped = false
        var isFirst = true
        while true {
            if window.start == window.end, try !extend() { return }
            let byte = window.bytes[window.start]
            if !isText, !isFirst, " \n\r\t,]}[{".utf8.contains(byte) { return }
            take(1)
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = isText
            } else if byte == UInt8(ascii: "\"") {
                if isText { return }
                isText = true
            }
            isFirst = false
        }
    }

    /// Consumes bytes of the window.
    private func take(_ count: Int) {
        let bytes = UnsafeBufferPointer(start: window.bytes + window.start, count: count)
        lines += bytes.count { $0 == UInt8(ascii: "\n") }
        window.consume(upTo: window.start + count)
    }
}
