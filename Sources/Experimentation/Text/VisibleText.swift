import ExperimentJSON

/// Text from outside made safe to show: whatever could move a cursor, change a colour or reorder a line is spelled out.
///
/// Ids of users and sessions and values of attributes may hold any of it.
package enum VisibleText {
    /// The text with each dangerous scalar as `\u{1b}`, line feeds and tabs as `\n` and `\t`.
    package static func of(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: \.isDangerous) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.isDangerous: result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A name in quotation marks, as messages mention it; a long one is cut.
    package static func quoted(_ name: String) -> String {
        let scalars = name.unicodeScalars
        let limit = 80
        guard scalars.count > limit else { return "'\(of(name))'" }
        return "'\(of(String(scalars.prefix(limit))))…'"
    }

    package static func quoted<Of>(_ name: Name<Of>) -> String { quoted(name.text) }
}
