/// Finds a table header whose name begins with what no name can, `[é]` or `[[[`: TOMLKit's parser ends the process there.
struct TableHeaders {
    /// A place in a text, both counted from 1.
    struct Place: Equatable {
        let line: Int
        let column: Int
    }

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0
    /// Number of brackets and braces of a value that are open.
    private var depth = 0
    private var isAtLineStart = true

    /// Place where the name of the first broken header begins; nil when there is none.
    static func firstBroken(_ bytes: [UInt8]) -> Place? {
        var scanner = TableHeaders(bytes: bytes)
        return scanner.scan()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func scan() -> Place? {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\n"): endLine()
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
            case UInt8(ascii: "#"): while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            case UInt8(ascii: "\""), UInt8(ascii: "'"): passString()
            case UInt8(ascii: "[") where isAtLineStart && depth == 0:
                if let place = brokenName() { return place }
                // The rest of the header is names and closing brackets, which change nothing.
                isAtLineStart = false
            case UInt8(ascii: "["), UInt8(ascii: "{"): open(1)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): open(-1)
            default:
                isAtLineStart = false
                index += 1
            }
        }
        return nil
    }

    private mutating func endLine() {
        index += 1
        line += 1
        lineStart = index
        isAtLineStart = true
    }

    private mutating func open(_ change: Int) {
        depth = max(0, depth + change)
        isAtLineStart = false
        index += 1
    }

    /// Passes the brackets of a header, and tells where its name begins if no name can begin so.
    private mutating func brokenName() -> Place? {
        index += 1
        if index < bytes.count, bytes[index] == UInt8(ascii: "[") { index += 1 }
        while index < bytes.count, [UInt8(ascii: " "), UInt8(ascii: "\t")].contains(bytes[index]) { index += 1 }
        // The parser itself refuses a header that ends or is empty.
        guard index < bytes.count, bytes[index] != UInt8(ascii: "]") else { return nil }
        switch bytes[index] {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "\""),
            UInt8(ascii: "'"):
            return nil
        default: return Place(line: line, column: index - lineStart + 1)
        }
    }

    /// Passes a string, on one line or, between three quotation marks, on several.
    private mutating func passString() {
        isAtLineStart = false
        let quote = bytes[index]
        let isLong = bytes[index...].starts(with: [quote, quote, quote])
        index += isLong ? 3 : 1
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                index += 1
            } else if byte == quote, !isLong || bytes[index...].starts(with: [quote, quote, quote]) {
                index += isLong ? 3 : 1
                return
            } else if byte == UInt8(ascii: "\n"), !isLong {
                return
            }
            if index < bytes.count, bytes[index] == UInt8(ascii: "\n") {
                line += 1
                lineStart = index + 1
            }
            index += 1
        }
    }
}
