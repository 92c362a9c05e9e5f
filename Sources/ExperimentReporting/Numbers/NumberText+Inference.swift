import ExperimentStatistics
import Foundation

/// Lifts and intervals: always signed, with one precision a row, which follows from how much is known.
extension NumberText {
    /// The decimals of a lift in percent whose 95% interval has this half-width: none from 20 %, one from 0.2 %, else two.
    static func decimals(halfWidth: Double?) -> Int {
        guard let halfWidth, halfWidth.isFinite else { return 1 }
        return halfWidth >= 0.2 ? 0 : halfWidth >= 0.002 ? 1 : 2
    }

    /// The decimals for a row: as many as its 95% interval deserves, and more where an end that is clear of zero would
    /// read as zero.
    static func decimals(_ interval: Interval?, clearOf ends: [Double] = []) -> Int {
        var decimals = decimals(halfWidth: interval.map { ($0.upper - $0.lower) / 2 })
        while decimals < 4, ends.contains(where: { $0 != 0 && isZero($0 * 100, decimals) }) { decimals += 1 }
        return decimals
    }

    /// A relative change: `+9.6%`, `−12%`; one that rounds to zero has no sign, `0.0%`.
    static func lift(_ value: Double, decimals: Int) -> String { signed(value * 100, decimals) + "%" }

    /// An interval of a relative change: `+2.1 to +17.6%`.
    ///
    /// A word between the ends, since a dash would read as a minus.
    static func lift(_ interval: Interval, decimals: Int, joint: String = " to ") -> String {
        signed(interval.lower * 100, decimals) + joint + lift(interval.upper, decimals: decimals)
    }

    /// A number with its sign and a fixed number of decimals, thousands grouped.
    static func signed(_ value: Double, _ decimals: Int) -> String {
        guard !isZero(value, decimals) else { return fixed(0, decimals) }
        return (value < 0 ? "−" : "+") + fixed(abs(value), decimals)
    }

    /// A difference in what the metric is measured in, that of two shares in points: `+0.62 points`, `+1.71 EUR`.
    static func difference(_ value: Double, _ scale: MetricScale) -> String {
        let scaled = value * scale.factor
        let size = abs(scaled)
        guard size > 0 else { return "0" + scale.suffix }
        guard size >= 1e-4 else { return (value < 0 ? "−" : "+") + power(size) + scale.suffix }
        return signed(scaled, size >= 100 ? 0 : size >= 1 ? 2 : 4) + scale.suffix
    }

    /// The interval of a difference: `+0.1 to +0.5 points`.
    static func difference(_ interval: Interval, _ scale: MetricScale, joint: String = " to ") -> String {
        let (lower, upper) = (interval.lower * scale.factor, interval.upper * scale.factor)
        let size = max((upper - lower) / 2, max(abs(lower), abs(upper)) / 1_000)
        guard size > 1e-6, size < 1e9 else { return value(lower) + joint + value(upper) + scale.suffix }
        let decimals = max(0, min(8, 1 - Int(log10(size).rounded(.down))))
        return signed(lower, decimals) + joint + signed(upper, decimals) + scale.suffix
    }

    private static func isZero(_ value: Double, _ decimals: Int) -> Bool {
        (abs(value) * pow(10, Double(decimals))).rounded() == 0
    }

    /// A number of at least 0: `1,234.5`; from a million millions on as a power of ten, since nobody counts the digits.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value < 1e12 else { return power(value) }
        let text = String(format: "%.\(decimals)f", value)
        let whole = text.prefix { $0 != "." }
        return grouped(whole) + text.dropFirst(whole.count)
    }
}

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
