/// Makes text from outside safe to print: whatever could move a cursor, change a colour or reorder a line is spelled out.
///
/// Ids of users and sessions may hold any of it, and so may a command line.
enum Escaping {
    /// The text with each dangerous scalar as `\u{1b}`, line feeds and tabs as `\n` and `\t`.
    static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isDangerous) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isDangerous(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A name in quotation marks, as messages mention it; a long one is cut.
    static func quoted(_ name: String) -> String {
        let scalars = name.unicodeScalars
        let limit = 80
        guard scalars.count > limit else { return "'\(visible(name))'" }
        return "'\(visible(String(scalars.prefix(limit))))…'"
    }

    /// Every line of a text made visible, its line ends kept.
    static func lines(_ text: String) -> String {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { visible(String($0)) }.joined(separator: "\n")
    }

    /// JSON whose strings hold no raw dangerous scalar; encoders only escape the first 32.
    static func json(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isDangerous($0) && $0 != "\n" }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isDangerous(scalar), scalar != "\n" {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// C0 and C1 controls, delete, line and paragraph separators, and the controls of bidirectional text.
    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069, 0x200e, 0x200f, 0x061c: true
        default: false
        }
    }
}
