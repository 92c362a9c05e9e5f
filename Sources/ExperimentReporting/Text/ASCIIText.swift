/// Our own marks in ASCII, for terminals without UTF-8; what somebody else wrote stays as it is.
enum ASCIIText {
    static func plain(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "−", "–": plain += "-"
            case "’": plain += "'"
            case "×": plain += "x"
            case "χ": plain += "chi"
            case "²": plain += "^2"
            case "…": plain += "..."
            case "\u{a0}": plain += " "
            case "⁻": plain += "^-"
            case "⁰", "¹", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹":
                plain += scalar.properties.numericValue.map { String(Int($0)) } ?? ""
            default: plain.unicodeScalars.append(scalar)
            }
        }
        return plain
    }
}
