/// Finds where an object of a JSON text ends, or a list of objects begins in it, while the text is read piece by piece.
///
/// Only brackets and quotes are looked at: whether the object is JSON is found by whoever parses it.
struct JSONObjectScanner {
    /// The way in which a scan ended.
    enum Ending {
        /// The object ends before this index of the piece.
        case object(end: Int)
        /// A field of one of the names is a list of objects, or of lists: its first element begins at this index.
        case list(String, end: Int)
        /// The piece ends inside of the object.
        case needsMore
    }

    /// Names of the fields whose lists are looked for.
    private let names: [[UInt8]]
    private let longestName: Int
    /// The number of bytes of the piece that were scanned; whoever consumes so much sets it to 0.
    var index = 0
    private var depth = 0
    private var isText = false
    private var isEscaped = false
    /// The present or last text of the object itself, as far as it can be one of the names.
    private var text: [UInt8] = []
    /// The field that the object is at, if its list is looked for.
    private var field: Int?
    /// Whether the list of such a field has begun, and nothing stood in it yet.
    private var isAtFirst = false

    /// Begins before the object's bracket.
    init(lists names: [String]) {
        self.names = names.map { Array($0.utf8) }
        longestName = self.names.map(\.count).max() ?? 0
    }

    /// Scans on in a piece that begins with what was not consumed.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> Ending {
        while index < bytes.count {
            if isText {
                scanText(bytes)
                continue
            }
            let byte = bytes[index]
            index += 1
            switch byte {
            case 0x20, 0x09, 0x0a, 0x0d: continue
            case UInt8(ascii: "\""):
                isText = true
                text.removeAll(keepingCapacity: true)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if isAtFirst, let name = field.map({ names[$0] }) {
                    isAtFirst = false
                    field = nil
                    depth -= 1
                    index -= 1
                    return .list(String(decoding: name, as: UTF8.self), end: index)
                }
                depth += 1
                if byte == UInt8(ascii: "["), depth == 2, field != nil {
                    isAtFirst = true
                    continue
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return .object(end: index) }
            case UInt8(ascii: ":") where depth == 1: field = names.firstIndex(of: text)
            case UInt8(ascii: ",") where depth == 1: field = nil
            default: break
            }
            isAtFirst = false
        }
        return .needsMore
    }

    /// Goes to the end of a text; most of a log is texts.
    private mutating func scanText(_ bytes: UnsafeBufferPointer<UInt8>) {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isText = false
                break
            }
        }
        guard depth == 1, text.count <= longestName else { return }
        text += bytes[start..<(isText ? index : index - 1)].prefix(longestName + 1)
    }
}
