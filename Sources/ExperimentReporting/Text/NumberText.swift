import Foundation

/// Numbers as people read them: grouped, rounded to what matters, with a real minus sign.
package enum NumberText {
    /// `1,234,567`.
    package static func count(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { grouped += "," }
            grouped.append(digit)
        }
        return (value < 0 ? "−" : "") + grouped
    }

    /// Four significant digits: `0.7698`, `12.35`, `1,235`, `1.235e+09`.
    package static func value(_ value: Double) -> String {
        let size = abs(value)
        if size >= 1e9 || (size > 0 && size < 1e-4) { return signed(String(format: "%.3e", value)) }
        if size >= 1_000 { return count(Int(value.rounded())) }
        let decimals = size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4
        return signed(String(format: "%.\(decimals)f", value))
    }

    /// A share in 0…1 as `12.34 %`.
    package static func percent(_ value: Double) -> String {
        let size = abs(value * 100)
        let decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2
        return signed(String(format: "%.\(decimals)f", value * 100)) + " %"
    }

    /// A level of confidence as it was given: `95 %`, `99.9 %`.
    package static func level(_ value: Double) -> String {
        let percent = (value * 1e8).rounded() / 1e6
        return percent == percent.rounded() ? "\(Int(percent)) %" : "\(percent) %"
    }

    /// A probability as `93.4 %`, never as certain.
    static func chance(_ value: Double) -> String {
        if value > 0.999 { return "> 99.9 %" }
        if value < 0.001 { return "< 0.1 %" }
        return String(format: "%.1f %%", value * 100)
    }

    /// A relative change, always with its sign: `+3.2 %`.
    package static func change(_ value: Double) -> String {
        let text = percent(value)
        return text.hasPrefix("−") ? text : "+" + text
    }

    /// A p-value: three digits, small ones as a power of ten.
    ///
    /// From its logarithm, which is there also where the p-value underflows.
    static func pValue(_ value: Double, log: Double?) -> String {
        if value >= 0.001 { return String(format: "%.3f", value) }
        let exponent = (log ?? Foundation.log(value)) / M_LN10
        guard exponent.isFinite else { return "0" }
        let power = exponent.rounded(.down)
        return String(format: "%.1fe%.0f", min(pow(10, exponent - power), 9.9), power)
    }

    private static func signed(_ text: String) -> String {
        text.hasPrefix("-") ? "−" + text.dropFirst() : text
    }
}
