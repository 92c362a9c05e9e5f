import Foundation

/// A number as a reader sees it, back as a number with the precision it was shown at.
struct ShownNumber {
    let value: Double
    /// Half a unit of the last digit shown.
    let precision: Double

    /// Reads `1,234`, `−12.3%`, `+0.62 points`, `7 × 10⁻⁷`; nil for anything else.
    init?(_ text: String) {
        var digits = text.replacingOccurrences(of: ",", with: "").replacingOccurrences(of: "\u{2212}", with: "-")
            .replacingOccurrences(of: "\u{a0}", with: " ")
        var scale = 1.0
        for unit in ["%", " points", " users", " user"] where digits.hasSuffix(unit) {
            digits.removeLast(unit.count)
            if unit == "%" || unit == " points" { scale = 0.01 }
        }
        let parts = digits.components(separatedBy: " × 10")
        if parts.count == 2 {
            let superscripts = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
            let exponent = parts[1].map { $0 == "⁻" ? "-" : superscripts.firstIndex(of: $0).map(String.init) ?? "?" }
            guard let power = Double(exponent.joined()) else { return nil }
            scale *= pow(10, power)
        }
        guard let number = Double(parts[0].replacingOccurrences(of: "+", with: "")) else { return nil }
        let decimals = parts[0].split(separator: ".").dropFirst().first?.count ?? 0
        value = number * scale
        precision = 0.5 * pow(10, -Double(decimals)) * scale
    }

    /// Whether it is what a number looks like at this precision.
    func stands(for number: Double) -> Bool { abs(number - value) <= precision * (1 + 1e-9) + abs(number) * 1e-12 }
}
