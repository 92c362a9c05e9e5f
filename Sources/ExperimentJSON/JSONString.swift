/// Texts as strings of JSON: the one place that escapes them.
///
/// Source: RFC 8259, section 7.
package enum JSONString {
    /// Characters that are escaped beside quotation marks, backslashes and the controls below U+0020, which must be.
    package enum Style: Sendable {
        /// No others; a control is written by its number. Stored settings are compared by this text: it never changes.
        case canonical
        /// No others; a line feed, a carriage return and a tab are written by their letters.
        case compact
        /// Whatever could control a terminal, since somebody may look at the text there.
        case visible
    }

    /// A text in quotation marks.
    package static func quoted(_ text: String, _ style: Style) -> String {
        var result = "\""
        // Few texts hold anything that is escaped.
        if style != .visible,
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        {
            result += text
        } else {
            for scalar in text.unicodeScalars { append(scalar, style, to: &result) }
        }
        return result + "\""
    }

    private static func append(_ scalar: Unicode.Scalar, _ style: Style, to result: inout String) {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n" where style != .canonical: result += "\\n"
        case "\r" where style != .canonical: result += "\\r"
        case "\t" where style != .canonical: result += "\\t"
        case _ where scalar.value < 0x20 || style == .visible && scalar.isDangerous:
            result += number(of: scalar)
        default: result.unicodeScalars.append(scalar)
        }
    }

    /// A scalar below U+10000 by its four hexadecimal digits.
    private static func number(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension Unicode.Scalar {
    /// Whether showing the character could move a cursor, change a colour or reorder a line.
    ///
    /// C0 and C1 controls, delete, line and paragraph separators, and the controls of bidirectional text; each of them has
    /// four hexadecimal digits.
    package var isDangerous: Bool {
        switch value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069, 0x200e, 0x200f, 0x061c: true
        default: false
        }
    }
}
