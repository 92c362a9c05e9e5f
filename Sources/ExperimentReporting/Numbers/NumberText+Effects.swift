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
    static func lift(_ interval: Interval, decimals: Int) -> String {
        "\(signed(interval.lower * 100, decimals)) to \(lift(interval.upper, decimals: decimals))"
    }

    /// A number with its sign and a fixed number of decimals, thousands grouped.
    static func signed(_ value: Double, _ decimals: Int) -> String {
        guard !isZero(value, decimals) else { return fixed(0, decimals) }
        return (value < 0 ? "−" : "+") + fixed(abs(value), decimals)
    }

    /// A difference in a metric's own unit: that of two shares in points, `+0.62 points`, any other as a number.
    static func difference(_ value: Double, isShare: Bool) -> String {
        let unit = isShare ? " points" : ""
        let scaled = isShare ? value * 100 : value
        let size = abs(scaled)
        guard size > 0 else { return "0" + unit }
        guard size >= 1e-4 else { return (value < 0 ? "−" : "+") + power(size) + unit }
        return signed(scaled, size >= 100 ? 0 : size >= 1 ? 2 : 4) + unit
    }

    /// The interval of a difference: `+0.1 to +0.5 points`.
    static func difference(_ interval: Interval, isShare: Bool) -> String {
        let scale = isShare ? 100.0 : 1
        let halfWidth = (interval.upper - interval.lower) / 2 * scale
        let size = max(halfWidth, max(abs(interval.lower), abs(interval.upper)) * scale / 1_000)
        guard size > 1e-6, size < 1e9 else { return "\(value(interval.lower)) to \(value(interval.upper))" }
        let decimals = max(0, min(8, 1 - Int(log10(size).rounded(.down))))
        return "\(signed(interval.lower * scale, decimals)) to \(signed(interval.upper * scale, decimals))"
            + (isShare ? " points" : "")
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
