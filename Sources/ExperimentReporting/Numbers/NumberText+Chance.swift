import Foundation

/// Probabilities as people read them.
extension NumberText {
    /// A p-value: `0.34`, `0.012`, `0.0036`, `7 × 10⁻⁷`; never 0, since its logarithm is there also where it underflows.
    static func pValue(_ value: Double, log: Double?) -> String {
        if value >= 0.1 { return String(format: "%.2f", min(value, 1)) }
        if value >= 0.01 { return String(format: "%.3f", value) }
        if value >= 0.001 { return String(format: "%.4f", value) }
        let decades = (log ?? Foundation.log(value)) / M_LN10
        guard decades.isFinite else { return "below 10⁻³⁰⁰" }
        var exponent = decades.rounded(.down)
        var digit = pow(10, decades - exponent).rounded()
        if digit >= 10 { (digit, exponent) = (1, exponent + 1) }
        return "\(Int(digit))\u{a0}×\u{a0}10\(superscript(Int(exponent)))"
    }

    /// A p-value as odds: "about once in 1.4 million experiments", in two digits.
    static func odds(_ value: Double, log: Double?) -> String {
        let decades = -(log ?? Foundation.log(value)) / M_LN10
        guard decades.isFinite, decades < 12 else { return "less than once in 1,000 billion experiments" }
        let times = pow(10, max(decades, 0))
        let unit = pow(10, max(0, log10(times).rounded(.down) - 1))
        let rounded = (times / unit).rounded() * unit
        switch rounded {
        case ..<1_000: return "about once in \(count(Int(rounded))) experiments"
        case ..<1e6: return "about once in \(count(Int(rounded))) experiments"
        case ..<1e9: return "about once in \(scaled(rounded / 1e6)) million experiments"
        default: return "about once in \(scaled(rounded / 1e9)) billion experiments"
        }
    }

    /// A share of a whole, to one decimal: `33.3%`.
    static func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "–" }
        let value = Double(part) / Double(whole) * 100
        if part > 0, value < 0.05 { return "below 0.1%" }
        if part < whole, value >= 99.95 { return "over 99.9%" }
        return fixed(value, 1) + "%"
    }

    /// A planned share in 0…1: `50%`, `33.3%`.
    static func planned(_ share: Double) -> String {
        let percent = (share * 1_000).rounded() / 10
        return fixed(percent, percent == percent.rounded() ? 0 : 1) + "%"
    }

    private static func scaled(_ value: Double) -> String {
        value == value.rounded() || value >= 10 ? String(Int(value.rounded())) : String(format: "%.1f", value)
    }

    /// `⁻⁷`.
    static func superscript(_ value: Int) -> String {
        let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
        let text = String(String(value.magnitude).map { digits[$0.wholeNumberValue ?? 0] })
        return (value < 0 ? "⁻" : "") + text
    }
}
