/// Texts as strings of JSON: the one place that escapes them.
///
/// Source: RFC 8259, section 7.
package enum JSONString {
    /// What is escaped beside quotation marks, backslashes and the controls below U+0020, which must be.
    package enum Style: Sendable {
        /// Nothing; every control is written by its number. Stored settings are compared by this text, so it never changes.
        case canonical
        /// Nothing; a line feed, a carriage return and a tab are written by their letters.
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
        case _ where scalar.value < 0x20 || style == .visible && VisibleText.isDangerous(scalar):
            result += number(of: scalar)
        default: result.unicodeScalars.append(scalar)
        }
    }

    /// A scalar below U+10000 by its four hexadecimal digits.
    package static func number(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
