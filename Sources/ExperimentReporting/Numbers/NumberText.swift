import Foundation

/// Numbers as people read them: grouped, rounded to what matters, with a real minus sign.
package enum NumberText {
    /// `1,234,567`.
    package static func count(_ value: Int) -> String {
        (value < 0 ? "−" : "") + grouped(String(value.magnitude)[...])
    }

    /// Digits in groups of three.
    static func grouped(_ digits: Substring) -> String {
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { grouped += "," }
            grouped.append(digit)
        }
        return grouped
    }

    /// Four significant digits: `0.7698`, `12.35`, `1,235`, `1.235 × 10⁹`.
    package static func value(_ value: Double) -> String {
        let size = abs(value)
        let sign = value < 0 ? "−" : ""
        if size >= 1e9 || (size > 0 && size < 1e-4) { return sign + power(size) }
        let decimals = size >= 1_000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4
        return sign + fixed(size, decimals)
    }

    /// A share of units in 0…1: `6.08%`, `38.4%`, `100%`.
    package static func percent(_ value: Double) -> String {
        let size = abs(value * 100)
        let decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2
        return (value < 0 ? "−" : "") + fixed(size, decimals) + "%"
    }

    /// A level of confidence as it was given: `95%`, `99.9%`.
    package static func level(_ value: Double) -> String {
        let percent = (value * 1e8).rounded() / 1e6
        return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
    }

    /// A relative change without an interval to set its precision: `+3.2%`, `+0.25%`.
    package static func change(_ value: Double) -> String { (value < 0 ? "" : "+") + percent(value) }

    /// A probability as `93.4%`, never as certain.
    static func chance(_ value: Double) -> String {
        value > 0.999 ? "over 99.9%" : value < 0.001 ? "below 0.1%" : fixed(value * 100, 1) + "%"
    }

    /// Four digits and a power of ten: `1.235 × 10⁹`.
    static func power(_ size: Double) -> String {
        guard size.isFinite else { return "–" }
        let parts = String(format: "%.3e", size).split(separator: "e")
        return "\(parts[0])\u{a0}×\u{a0}10\(superscript(Int(parts[1]) ?? 0))"
    }
}

/// Numbers as words, for sentences.
extension NumberText {
    private static let words = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ]

    /// `one` … `twelve`, then figures.
    static func word(_ value: Int) -> String {
        words.indices.contains(value) ? words[value] : count(value)
    }

    /// Length of a silence, in days from three on: `40 hours`, `20 days`.
    static func silence(hours: Int) -> String {
        hours < 72 ? count(hours, "hour") : count(hours / 24, "day")
    }

    /// A count with its noun: `1 user`, `48,425 users`.
    package static func count(_ value: Int, _ noun: String) -> String {
        "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// A list in a sentence: `a`, `a and b`, `a, b and c`.
    static func list(_ items: [String]) -> String {
        guard let last = items.last, items.count > 1 else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + " and " + last
    }

    /// The first letter a capital; for sentences of this program, not for names.
    static func capitalized(_ sentence: String) -> String {
        sentence.prefix(1).uppercased() + sentence.dropFirst()
    }
}

/// Numbers as somebody defined them: with all their digits.
extension NumberText {
    /// A weight or a margin: `50` rather than `50.0`.
    package static func exact(_ value: Double) -> String {
        value.magnitude < 1e15 && value == value.rounded() ? String(Int64(value)) : String(value)
    }

    /// A share as percent: `7 %` for 0.07.
    ///
    /// Rounded to some decimals; to as many more as it takes where nobody or everybody would be read and is not meant.
    package static func exactPercent(_ share: Double, decimals: Int = 4) -> String {
        let percent = share * 100
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        while scale.isFinite {
            let rounded = (percent * scale).rounded() / scale
            if rounded == percent || rounded != 0 && rounded != 100 { return exact(rounded) + " %" }
            scale *= 10
        }
        return exact(percent) + " %"
    }
}
